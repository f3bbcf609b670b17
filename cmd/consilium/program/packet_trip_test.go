package program

import (
	"bytes"
	"testing"

	"consilium/internal/actions"
	"consilium/internal/auditlog"
	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/fault"
	"consilium/internal/packet"
	"consilium/internal/records"
)

// upload hands bytes in as an upload that is not a file of the case yet.
func (in *install) upload(b []byte) string {
	in.t.Helper()
	u, err := in.House.StartUpload(in.t.Context(), in.who, in.load(), "packet.zip", int64(len(b)))
	if err == nil {
		u, err = in.House.AppendUpload(in.t.Context(), in.who, in.load(), u.ID, 0, bytes.NewReader(b))
	}
	if err != nil {
		in.t.Fatal(err)
	}
	return u.ID
}

func (in *install) facts() ([]records.File, []clinical.Fact) {
	in.t.Helper()
	files, err := records.Files(in.load())
	if err != nil {
		in.t.Fatal(err)
	}
	return files, records.Facts(files)
}

func TestAPacketOutOfOneHouseIsTheSameInAnother(t *testing.T) {
	here := newInstall(t)
	first := here.hand("portal/records.json", []byte(bundle))
	here.hand("scan.txt", bytes.Repeat([]byte("a long note\n"), 1<<20)) // more than one sealed part
	if err := here.House.LabelRecord(t.Context(), here.who, here.load(), first, records.Label{From: "Dr. Osei", Note: "from the portal"}, 0); err != nil {
		t.Fatal(err)
	}
	b := here.packet(records.PacketChoice{Language: "en", Agreed: records.PacketWording})

	there := newInstall(t)
	id := there.upload(b)
	check, err := there.House.CheckPacket(t.Context(), there.who, there.load(), id)
	if err != nil || check.Known || check.Fingerprint != packet.Fingerprint(here.Keys.PublicKeys()[0]) || len(check.Originals) != 2 {
		t.Fatalf("%+v, %v", check, err)
	}
	if _, err := there.House.ImportPacket(t.Context(), there.who, there.load(), id, actions.Trust{}); !fault.Is(err, fault.Invalid) {
		t.Fatalf("a packet by a stranger was taken without asking: %v", err)
	}
	imp, err := there.House.ImportPacket(t.Context(), there.who, there.load(), id, actions.Trust{Agreed: true})
	if err != nil {
		t.Fatal(err)
	}
	there.work()

	filesHere, factsHere := here.facts()
	filesThere, factsThere := there.facts()
	if len(filesThere) != len(filesHere) || len(filesThere) != 2 {
		t.Fatalf("%d files here, %d there", len(filesHere), len(filesThere))
	}
	for _, f := range filesHere {
		_, same, ok := records.Find(filesThere, f.SHA256)
		if !ok || same.Name != f.Name || same.Size != f.Size || same.Label != f.Label {
			t.Errorf("%s came as %+v", f.Name, same.Received)
		}
		if from, ok := records.CameWith([]records.Import{imp}, f.SHA256); !ok || from.Fingerprint != check.Fingerprint {
			t.Errorf("%s does not say where it came from", f.Name)
		}
	}
	if len(factsHere) == 0 || len(factsHere) != len(factsThere) {
		t.Fatalf("%d facts here, %d there", len(factsHere), len(factsThere))
	}
	byID := map[string]clinical.Fact{}
	for _, f := range factsHere {
		byID[f.ID] = f
	}
	for _, f := range factsThere {
		if was := byID[f.ID]; was.Text != f.Text || was.Value != f.Value || was.Date != f.Date || was.Source.Path != f.Source.Path || was.Source.File != f.Source.File {
			t.Errorf("%+v was %+v", f, was)
		}
	}
	if same, ready := imp.Same(filesThere); !same || !ready {
		t.Errorf("same %v, ready %v", same, ready)
	}
	// Both logs hold, and the one that came along too.
	for _, house := range []*install{here, there} {
		var log bytes.Buffer
		if err := house.House.Cases.Log(t.Context(), house.case1, &log); err != nil {
			t.Fatal(err)
		}
		if _, err := auditlog.Verify(&log, house.Keys.PublicKeys()[0]); err != nil {
			t.Errorf("log: %v", err)
		}
	}
	if rep, err := auditlog.Verify(bytes.NewReader(in(t, openPacket(t, b), packet.LogName)), here.Keys.PublicKeys()[0]); err != nil || !rep.Trusted {
		t.Errorf("the log in the packet: %+v, %v", rep, err)
	}
	// The upload is gone; a second packet by the same house is known.
	if _, err := there.House.CheckPacket(t.Context(), there.who, there.load(), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("the packet's own bytes are still there: %v", err)
	}
	again := there.upload(here.packet(records.PacketChoice{Language: "es", Agreed: records.PacketWording}))
	check, err = there.House.CheckPacket(t.Context(), there.who, there.load(), again)
	if err != nil || !check.Known {
		t.Fatalf("known: %v, %v", check.Known, err)
	}
	if _, err := there.House.ImportPacket(t.Context(), there.who, there.load(), again, actions.Trust{}); err != nil {
		t.Fatal(err)
	}
	files, _ := there.facts()
	if len(files) != 2 || len(files[0].Again)+len(files[1].Again) != 0 {
		t.Errorf("taken in twice: %+v", files)
	}
}

func TestAPacketThatWasChangedIsNotTaken(t *testing.T) {
	here, there := newInstall(t), newInstall(t)
	here.hand("records.json", []byte(bundle))
	b := here.packet(records.PacketChoice{Language: "en", Agreed: records.PacketWording})
	changes := map[string]int{"first byte": 0, "PDF": 200, "last byte": len(b) - 1}
	for name, at := range map[string]string{"summary": `"resourceType": "Bundle"`, "original": "Invasive ductal", "log": `"receive_upload"`, "manifest": `"consilium-packet-1"`, "signature": "consilium/packet", "directory": "PK\x01\x02"} {
		changes[name] = bytes.LastIndex(b, []byte(at)) + 3
	}
	for i := 97; i < len(b); i += len(b) / 60 {
		changes["at "+string(rune('a'+i*60/len(b)%26))+string(rune('a'+i%26))] = i
	}
	for name, at := range changes {
		c := bytes.Clone(b)
		c[at] ^= 1
		id := there.upload(c)
		_, err := there.House.ImportPacket(t.Context(), there.who, there.load(), id, actions.Trust{Agreed: true})
		if !fault.Is(err, fault.Damaged) && !fault.Is(err, fault.Refused) {
			t.Errorf("%s (byte %d): %v", name, at, err)
		}
		if err := there.House.DropUpload(t.Context(), there.who, there.load(), id); err != nil {
			t.Fatal(err)
		}
	}
	if files, _ := there.facts(); len(files) != 0 || there.load().Has(casefile.Ref{Kind: records.ImportKind}) {
		t.Error("something of a changed packet was taken")
	}
}

func TestNothingLeavesBeforeItWasAgreedTo(t *testing.T) {
	house := newInstall(t)
	if _, err := house.House.MakePacket(t.Context(), house.who, house.load()); !fault.Is(err, fault.Forbidden) {
		t.Errorf("%v", err)
	}
	err := house.House.ChoosePacket(t.Context(), house.who, house.load(), records.PacketChoice{Language: "en"}, 0)
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
	if _, err := house.House.MakePacket(t.Context(), "somebody-else", house.load()); !fault.Is(err, fault.Forbidden) {
		t.Errorf("%v", err)
	}
}
