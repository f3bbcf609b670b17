package cost

import (
	"net/http"
	"strings"
	"testing"

	"consilium/internal/web/webtest"
)

func TestAFormThatIsGoneBackToAfterItWasSavedIsAConflictThatCanBeSolved(t *testing.T) {
	p := paying(t)
	fresh := p.home + "/cost/estimate/new"
	asked := []string{"stage", askStage, "id", strings.Repeat("e", 26), "version", "0", "paying", "no_insurance", "service", "second opinion visit"}
	first := typed(append(asked, "clinic", "University Hospital")...)
	at := p.Post(fresh, first).Location()
	p.must(p.Post(fresh, first), at) // the same once more says nothing new
	a := p.Post(fresh, typed(append(asked, "clinic", "University Hospital of the West")...))
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, `action="`+at+`"`) || !strings.Contains(a.Body, "University Hospital of the West") {
		t.Fatalf("%d %s", a.Status, webtest.Words(a.Body))
	}
	p.must(p.send(at, askStage, "paying", "no_insurance", "service", "second opinion visit", "clinic", "University Hospital of the West"), at)
	if e, version := p.saved(at); e.Clinic.Name != "University Hospital of the West" || version != 2 {
		t.Errorf("version %d is of %s", version, e.Clinic.Name)
	}
}
