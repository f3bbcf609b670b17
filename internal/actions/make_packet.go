package actions

import (
	"context"
	"io"
	"time"

	"consilium/internal/casefile"
	"consilium/internal/clinical"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/records"
)

// Packets writes and opens full packets.
type Packets interface {
	// WritePacket writes a packet without holding an original in memory. The same
	// content gives the same bytes. It says what it wrote.
	WritePacket(ctx context.Context, w io.Writer, in PacketIn) (records.Manifest, error)
	// OpenPacket checks every byte of a packet. One that was changed is Damaged and says
	// under "file" where; what is no packet is Refused.
	OpenPacket(ctx context.Context, r io.ReaderAt, size int64) (OpenedPacket, error)
	// Summary gives the FHIR document of a packet alone.
	Summary(in PacketIn) ([]byte, error)
	// Keys are the installation's own public keys.
	Keys() []string
	// Lock seals bytes to the key of a link, 32 bytes, as the standard of links has it.
	Lock(key []byte, contentType string, plain []byte) ([]byte, error)
	// QR draws a text as a square of dark and light, row by row.
	QR(text string) ([][]bool, error)
}

// OpenedPacket is a packet of which every byte has been checked.
type OpenedPacket interface {
	Manifest() records.Manifest
	// ID is the SHA-256 of the manifest as it was signed.
	ID() string
	// Fingerprint names the installation that made it, for two people to compare.
	Fingerprint() string
	// Open gives the bytes of one file in it, by its path.
	Open(path string) (io.Reader, error)
}

// PacketIn is all that a packet is made of.
type PacketIn struct {
	Made     time.Time
	Language string
	Consent  string // the wording that was agreed to
	Profile  casefile.Profile
	Files    []records.File // the originals, in their order
	LeftOut  []records.LeftOut
	Facts    []clinical.Fact // what counts in the case
	Sum      records.FactsSum
	PDF      []byte
	Open     func(ctx context.Context, sha256 string) (Reader, error)
	Log      func(ctx context.Context, w io.Writer) error
}

// Packet is a packet that is ready to be written: the right to take it out has been
// asked for, and that it is taken out stands in the log.
type Packet struct {
	House *House
	In    PacketIn
}

// Write writes it.
func (p Packet) Write(ctx context.Context, w io.Writer) (records.Manifest, error) {
	return p.House.Packets.WritePacket(ctx, w, p.In)
}

// ChoosePacket keeps what the person wants in their packet, and that they agreed to
// its leaving the house.
func (h *House) ChoosePacket(ctx context.Context, who casefile.Person, c *casefile.Case, choice records.PacketChoice, from casefile.Version) error {
	if err := choice.Check(); err != nil {
		return err
	}
	return h.save(ctx, who, c, casefile.Change{
		Verb: "choose_packet", Note: choice.Agreed,
		Drafts: []casefile.Draft{{Ref: records.PacketChoiceRef, From: from, Body: choice}},
	})
}

// MakePacket makes ready the packet that was chosen, for a person who may take things
// out of the case. Nothing leaves before the person agreed.
func (h *House) MakePacket(ctx context.Context, who casefile.Person, c *casefile.Case) (Packet, error) {
	if err := h.may(ctx, who, c, consent.Export); err != nil {
		return Packet{}, err
	}
	choice, version, err := casefile.Read[records.PacketChoice](c, records.PacketChoiceRef)
	if err != nil {
		return Packet{}, err
	}
	if version == 0 || choice.Check() != nil {
		return Packet{}, fault.New(fault.Forbidden, "packet.not_agreed")
	}
	// The log says that it is taken out before the first byte is given, and the packet
	// holds the log with that entry.
	if err := h.Cases.Note(ctx, casefile.Change{Case: c.ID, By: who, At: h.Now(), Verb: "make_packet"}); err != nil {
		return Packet{}, err
	}
	in, err := h.packetIn(c, choice)
	return Packet{h, in}, err
}

// packetIn gathers what goes into the packet.
func (h *House) packetIn(c *casefile.Case, choice records.PacketChoice) (PacketIn, error) {
	all, err := records.Files(c)
	if err != nil {
		return PacketIn{}, err
	}
	profile, _, err := casefile.Read[casefile.Profile](c, casefile.ProfileRef)
	if err != nil {
		return PacketIn{}, err
	}
	files, out := records.Packable(all, choice)
	in := PacketIn{Made: h.Now(), Language: choice.Language, Consent: choice.Agreed, Profile: profile, Files: files, LeftOut: out, Facts: records.Facts(files)}
	var readings []clinical.Reading
	for _, f := range files {
		readings = append(readings, f.Piece.Reading)
	}
	in.Sum = records.Sum(readings)
	story, _, err := casefile.Read[records.Story](c, records.StoryRef)
	if err != nil {
		return in, err
	}
	brief, err := h.briefOf(c, files, choice.Language, byNumber(files, choice.Language))
	if err != nil {
		return in, err
	}
	cover := letters.PacketCover(packetCover(h.today(), in, records.Moments(files, story)), choice.Language)
	pages := append([]letters.Letter{cover[0], brief}, cover[1:]...)
	if in.PDF, err = h.Paper.PrintAll(pages); err != nil {
		return in, err
	}
	in.Open = func(ctx context.Context, sha256 string) (Reader, error) { return h.openRecord(ctx, c, sha256) }
	in.Log = func(ctx context.Context, w io.Writer) error { return h.Cases.Log(ctx, c.ID, w) }
	return in, nil
}

// packetCover is what the pages for people say of the packet.
func packetCover(today string, in PacketIn, moments []records.Moment) letters.PacketIn {
	p := letters.PacketIn{Today: today, Patient: letters.Patient{Name: in.Profile.Patient.Name, BirthDate: in.Profile.Patient.BirthDate, Acting: in.Profile.Acting.Name, ActingAs: in.Profile.Acting.As}}
	for i, f := range in.Files {
		p.Files = append(p.Files, packetFile(i+1, f))
	}
	for _, l := range in.LeftOut {
		p.LeftOut = append(p.LeftOut, letters.PacketLeft{Why: l.Why, Files: l.Files})
	}
	from := newSources(in.Files, in.Facts, byNumber(in.Files, in.Language))
	for _, m := range moments {
		if clinical.ReadableDate(m.Date) && m.Text != "" {
			p.Timeline = append(p.Timeline, letters.Line{Date: m.Date, Text: m.Text, Detail: m.Detail, From: from.at(m.Top, from.pages[m.Fact])})
		}
	}
	return p
}

func packetFile(n int, f records.File) letters.PacketFile {
	p := letters.PacketFile{Number: n, Name: f.Base(), Path: records.PacketPath(n, f), Kind: f.Piece.Kind, From: f.Label.From, Date: f.Label.Date, Size: f.Size, SHA256: f.SHA256, Facts: f.Piece.Total().Total(), Pages: f.Piece.Pages, Note: f.Label.Note}
	if p.Date == "" {
		p.Date = f.Piece.Date
	}
	return p
}
