package storagetest

import (
	"sync"
	"testing"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/storage"
)

var uploadChecks = []check{
	{"AnUploadGoesOnAfterARestart", uploadRestart},
	{"OfTwoRequestsForTheSameBytesOneWins", uploadRace},
	{"AStaleUploadIsListedAndDropped", uploadStale},
	{"AnUploadEndsOnceWhoeverTakesIt", uploadTaken},
	{"AnUploadOfAnErasedCaseIsStillListed", uploadErased},
}

func startUpload(t testing.TB, s *storage.Store, id casefile.ID, upload, name string) actions.Upload {
	t.Helper()
	u := actions.Upload{ID: upload, Case: id, By: "ruth", Name: name, Size: 100, At: Noon}
	must(t, s.StartUpload(ctx, u))
	return u
}

func uploadRestart(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	u := startUpload(t, s, id, "up1", "scan/ct.dcm")
	u.Parts = []casefile.Part{{Name: "part-aaaa", Size: 40}}
	u.Received, u.Hash = 40, []byte("state")
	must(t, s.SaveUpload(ctx, u))
	must(t, s.Close())
	s = p.Open(t)
	got, err := s.Upload(ctx, "up1")
	must(t, err)
	if got.Name != "scan/ct.dcm" || got.Received != 40 || string(got.Hash) != "state" || len(got.Parts) != 1 || got.Parts[0] != u.Parts[0] || got.Case != id || got.Size != 100 {
		t.Fatalf("got %+v", got)
	}
	got.Parts = append(got.Parts, casefile.Part{Name: "part-bbbb", Size: 60})
	got.Received = 100
	must(t, s.SaveUpload(ctx, got))
	if got, err = s.Upload(ctx, "up1"); err != nil || len(got.Parts) != 2 || got.Parts[1].Name != "part-bbbb" {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func uploadRace(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	u := startUpload(t, s, id, "up1", "a")
	first, second := u, u
	first.Parts, first.Received = []casefile.Part{{Name: "part-aaaa", Size: 40}}, 40
	second.Parts, second.Received = []casefile.Part{{Name: "part-bbbb", Size: 40}}, 40
	must(t, s.SaveUpload(ctx, first))
	err := s.SaveUpload(ctx, second)
	if !fault.Is(err, fault.Conflict) || fault.All(err)[0].Vars["offset"] != "40" {
		t.Fatalf("got %v, want a conflict that names offset 40", err)
	}
	if err := s.SaveUpload(ctx, u); !fault.Is(err, fault.Conflict) {
		t.Errorf("going back to nothing: %v", err)
	}
	got, err := s.Upload(ctx, "up1")
	if err != nil || got.Parts[0].Name != "part-aaaa" {
		t.Errorf("got %+v, %v", got, err)
	}
	wrong := first
	wrong.Received = 41
	if err := s.SaveUpload(ctx, wrong); !fault.Is(err, fault.Internal) {
		t.Errorf("more bytes than the parts hold: %v", err)
	}
}

func uploadStale(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	startUpload(t, s, id, "old", "a")
	u := startUpload(t, s, id, "new", "b")
	u.At = Noon.Add(time.Hour)
	must(t, s.SaveUpload(ctx, u))
	list, err := s.StaleUploads(ctx, Noon.Add(time.Minute))
	if err != nil || len(list) != 1 || list[0].ID != "old" || list[0].Name != "a" {
		t.Fatalf("got %+v, %v", list, err)
	}
	grown := list[0]
	grown.Received = 10
	if err := s.DropUpload(ctx, grown); !fault.Is(err, fault.Conflict) {
		t.Errorf("dropping an upload that is not as it was seen: %v", err)
	}
	must(t, s.DropUpload(ctx, list[0]))
	if err := s.DropUpload(ctx, list[0]); !fault.Is(err, fault.Conflict) {
		t.Errorf("dropping it twice: %v, so that two would take its parts", err)
	}
	if _, err := s.Upload(ctx, "old"); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
	if err := s.SaveUpload(ctx, actions.Upload{ID: "old", Case: id}); !fault.Is(err, fault.NotFound) {
		t.Errorf("adding to a dropped upload: %v", err)
	}
}

func uploadTaken(t *testing.T, p Place) {
	a, b := p.Open(t), p.Open(t)
	id := NewCase(t, a, "case1", "ruth")
	NewCase(t, a, "case2", "sam")
	u := startUpload(t, a, id, "up1", "a")
	u.Parts, u.Received = []casefile.Part{{Name: "part-aaaa", Size: 40}}, 40
	must(t, a.SaveUpload(ctx, u))
	other := change("case2")
	other.Taken = casefile.Taken{Upload: "up1", Received: 40}
	if err := a.Apply(ctx, other); !fault.Is(err, fault.Conflict) {
		t.Errorf("another case took it: %v", err)
	}
	ch := change(id, draft("record", "x", 0, "a"))
	ch.Taken = casefile.Taken{Upload: "up1", Received: 0}
	if err := a.Apply(ctx, ch); !fault.Is(err, fault.Conflict) {
		t.Errorf("it was taken as it was before it grew: %v", err)
	}
	ch.Taken.Received = 40
	errs := make([]error, 6)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			switch i % 3 {
			case 0:
				errs[i] = a.DropUpload(ctx, u)
			case 1:
				errs[i] = b.DropUpload(ctx, u)
			default:
				errs[i] = b.Apply(ctx, ch)
			}
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d took it", won)
	}
}

func uploadErased(t *testing.T, p Place) {
	s := p.Open(t)
	id := NewCase(t, s, "case1", "ruth")
	u := startUpload(t, s, id, "up1", "a")
	u.Parts, u.Received = []casefile.Part{{Name: "part-aaaa", Size: 40}}, 40
	must(t, s.SaveUpload(ctx, u))
	must(t, s.Erase(ctx, change(id)))
	list, err := s.StaleUploads(ctx, Noon.Add(time.Minute))
	if err != nil || len(list) != 1 || list[0].Name != "" || len(list[0].Parts) != 1 || list[0].Case != id {
		t.Errorf("got %+v, %v: its parts must still be known, to be taken away", list, err)
	}
}
