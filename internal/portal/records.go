package portal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// kinds are the types of US Core and its neighbours that speak of one patient, the
// patient first; and those that such records point to, which cannot be searched for
// by patient and are asked for one by one.
var (
	kinds = []string{
		"Patient", "AllergyIntolerance", "CarePlan", "CareTeam", "Condition", "Coverage", "Device", "DiagnosticReport", "DocumentReference",
		"Encounter", "ExplanationOfBenefit", "FamilyMemberHistory", "Goal", "ImagingStudy", "Immunization", "MedicationAdministration",
		"MedicationDispense", "MedicationRequest", "MedicationStatement", "Observation", "Procedure", "QuestionnaireResponse", "RelatedPerson",
		"ServiceRequest", "Specimen",
	}
	pointedTo = []string{"Medication", "Practitioner", "PractitionerRole", "Organization", "Location"}
)

// categories are those that US Core lets a server insist on, for types that may be
// too many to be asked for at once.
var categories = map[string][]string{
	"CarePlan":          {"assess-plan"},
	"Condition":         {"problem-list-item", "encounter-diagnosis", "health-concern"},
	"DiagnosticReport":  {"LAB", "http://loinc.org|LP29684-5", "http://loinc.org|LP29708-2", "http://loinc.org|LP7839-6"},
	"DocumentReference": {"clinical-note"},
	"Observation":       {"laboratory", "vital-signs", "imaging", "procedure", "exam", "survey", "social-history", "therapy", "activity", "sdoh", "functional-status", "disability-status", "cognitive-status"},
}

// capability is what we read of a CapabilityStatement.
type capability struct {
	Rest []struct {
		Mode     string `json:"mode"`
		Security struct {
			Extension []struct {
				URL       string `json:"url"`
				Extension []struct {
					URL      string `json:"url"`
					ValueURI string `json:"valueUri"`
				} `json:"extension"`
			} `json:"extension"`
		} `json:"security"`
		Operation []operation `json:"operation"`
		Resource  []struct {
			Operation   []operation `json:"operation"`
			Type        string      `json:"type"`
			Interaction []struct {
				Code string `json:"code"`
			} `json:"interaction"`
			SearchParam []struct {
				Name string `json:"name"`
			} `json:"searchParam"`
		} `json:"resource"`
	} `json:"rest"`
}

type operation struct {
	Name string `json:"name"`
}

// everything tells whether a server gives all of a patient at once.
func (c capability) everything() bool {
	has := func(all []operation) bool {
		return slices.ContainsFunc(all, func(o operation) bool { return o.Name == "everything" || o.Name == "patient-everything" })
	}
	for _, r := range c.Rest {
		if r.Mode != "client" && has(r.Operation) {
			return true
		}
		for _, x := range r.Resource {
			if r.Mode != "client" && x.Type == "Patient" && has(x.Operation) {
				return true
			}
		}
	}
	return false
}

// atOnce tells whether all is to be asked for at once: the operator wants it, the
// server offers it, and a first small question is answered.
func (ps *Portals) atOnce(ctx context.Context, p *portal, c capability, t actions.PortalToken) (bool, error) {
	if !p.Everything || !c.everything() {
		return false, nil
	}
	b, _, err := ps.ask(ctx, p, request{address: p.allOf(t.Patient, "1"), accept: fhirJSON, token: t.Access, limit: ps.limits.Answer})
	if err == nil {
		_, err = p.read(b, records.Everything, &actions.PortalPage{})
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Forbidden, fault.NotFound, fault.Refused, fault.TooLarge:
		return false, nil
	}
	return err == nil, err
}

// allOf is the address of everything about a patient.
func (p *portal) allOf(patient, count string) string {
	return p.base.String() + "/Patient/" + patient + "/$everything?_count=" + count
}

func (ps *Portals) metadata(ctx context.Context, p *portal, token string) (c capability, err error) {
	b, _, err := ps.ask(ctx, p, request{address: p.base.String() + "/metadata", accept: fhirJSON, token: token, limit: ps.limits.Answer})
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, nonsense(err)
	}
	return c, nil
}

// Offers lists the types of records that the portal can be asked for: those of ours
// that its CapabilityStatement names.
func (ps *Portals) Offers(ctx context.Context, id string, t actions.PortalToken) ([]string, error) {
	p, err := ps.portal(id)
	if err != nil {
		return nil, err
	}
	c, err := ps.metadata(ctx, p, t.Access)
	if err != nil {
		return nil, err
	}
	offered := map[string]bool{}
	for _, r := range c.Rest {
		if r.Mode == "client" {
			continue
		}
		for _, x := range r.Resource {
			readable := len(x.Interaction) == 0
			for _, i := range x.Interaction {
				readable = readable || i.Code == "read" || i.Code == "search-type"
			}
			// A server that lists its search parameters, and not this one, cannot be
			// asked for one patient's.
			byPatient := len(x.SearchParam) == 0 || x.Type == "Patient" || slices.Contains(pointedTo, x.Type)
			for _, s := range x.SearchParam {
				byPatient = byPatient || s.Name == "patient"
			}
			offered[x.Type] = readable && byPatient
		}
	}
	var all []string
	ask := kinds
	if atOnce, err := ps.atOnce(ctx, p, c, t); err != nil {
		return nil, err
	} else if atOnce {
		ask, offered[records.Everything] = []string{records.Everything}, true
	}
	for _, k := range slices.Concat(ask, pointedTo) {
		if offered[k] {
			all = append(all, k)
		}
	}
	if len(all) == 0 {
		return nil, nonsense(errors.New("the portal offers nothing that we know"))
	}
	return all, nil
}

// Page gives one page of a type. Its cursor is the addresses still to be asked, one a
// line: the next page, the next category, the next record that was pointed to.
func (ps *Portals) Page(ctx context.Context, id string, t actions.PortalToken, kind, at string) (page actions.PortalPage, err error) {
	p, err := ps.portal(id)
	if err != nil {
		return page, err
	}
	first := at == ""
	if first {
		at = p.first(kind, t.Patient)
	}
	if at == "" {
		return page, nil
	}
	now, later, _ := strings.Cut(at, "\n")
	address, err := p.resolve(now, p.within)
	if err != nil {
		return page, err
	}
	b, _, err := ps.ask(ctx, p, request{address: address, accept: fhirJSON, token: t.Access, limit: ps.limits.Answer})
	if first && fault.Is(err, fault.Invalid) && categories[kind] != nil {
		return actions.PortalPage{Next: p.byCategory(kind, t.Patient)}, nil
	}
	if err != nil && slices.Contains(pointedTo, kind) && (fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound)) {
		return actions.PortalPage{Next: later, Lost: 1}, nil // one that may not be seen does not hide the others
	}
	if err != nil {
		return page, err
	}
	next, err := p.read(b, kind, &page)
	if err != nil {
		return page, err
	}
	if next != "" {
		// Checked here and again before it is asked: an address of somebody else's ends
		// the type and is said, it is not passed over.
		if next, err = p.resolve(next, p.within); err != nil {
			return page, err
		}
		if next == address {
			return page, nonsense(errors.New("the next page is the same page"))
		}
	}
	page.Next = strings.Trim(next+"\n"+later, "\n")
	return page, nil
}

// first is where a type begins.
func (p *portal) first(kind, patient string) string {
	switch {
	case kind == records.Everything:
		return p.allOf(patient, "100")
	case kind == "Patient":
		return p.base.String() + "/Patient/" + patient
	case slices.Contains(pointedTo, kind):
		return "" // nothing pointed there
	}
	return p.base.String() + "/" + kind + "?" + url.Values{"patient": {patient}, "_count": {"100"}}.Encode()
}

func (p *portal) byCategory(kind, patient string) string {
	var all []string
	for _, c := range categories[kind] {
		all = append(all, p.base.String()+"/"+kind+"?"+url.Values{"patient": {patient}, "category": {c}, "_count": {"100"}}.Encode())
	}
	return strings.Join(all, "\n")
}

// resolve makes a whole address of one that may be relative to the portal's base,
// and refuses one that does not lie there: p.within for records, p.ours for documents.
func (p *portal) resolve(address string, may func(*url.URL) bool) (string, error) {
	base := *p.base
	base.Path += "/"
	u, err := base.Parse(address)
	if err != nil || !may(u) || strings.ContainsAny(address, "\r\n") {
		return "", elsewhere()
	}
	return u.String(), nil
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`)

func fhirID(s string) bool { return idPattern.MatchString(s) && s != "." && s != ".." }

var typePattern = regexp.MustCompile(`^[A-Z][A-Za-z]{1,40}$`)

// read takes the resources of an answer: of a bundle, or one by itself.
func (p *portal) read(b []byte, kind string, page *actions.PortalPage) (next string, err error) {
	var bundle struct {
		ResourceType string `json:"resourceType"`
		Link         []struct {
			Relation string `json:"relation"`
			URL      string `json:"url"`
		} `json:"link"`
		Entry []struct {
			Resource json.RawMessage `json:"resource"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(b, &bundle); err != nil {
		return "", nonsense(errors.New("an answer that is no FHIR"))
	}
	switch bundle.ResourceType {
	case "Bundle":
	case kind:
		take(p, page, b)
		return "", nil
	default:
		return "", nonsense(errors.New("an answer of another type"))
	}
	for _, e := range bundle.Entry {
		take(p, page, e.Resource)
	}
	for _, l := range bundle.Link {
		if l.Relation == "next" {
			next = l.URL
		}
	}
	return next, nil
}

// take adds one resource to a page.
func take(p *portal, page *actions.PortalPage, raw json.RawMessage) {
	var head struct {
		ResourceType string `json:"resourceType"`
		ID           string `json:"id"`
	}
	var line bytes.Buffer
	if json.Unmarshal(raw, &head) != nil || !typePattern.MatchString(head.ResourceType) || json.Compact(&line, raw) != nil {
		page.Lost++
		return
	}
	if head.ResourceType == "OperationOutcome" {
		return // speaks of the search, not of the patient
	}
	r := actions.PortalResource{Type: head.ResourceType, ID: head.ID, JSON: line.Bytes(), Sum: sum(raw)}
	if !fhirID(r.ID) {
		r.ID = "sum-" + r.Sum
	}
	r.Attachments = attachments(p, raw)
	r.Points = p.points(raw)
	page.Resources = append(page.Resources, r)
}

// sum is of what a resource says: how the portal counts its versions is left out.
func sum(raw json.RawMessage) string {
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) == nil {
		delete(parts, "meta")
		if b, err := json.Marshal(parts); err == nil { // sorted, and on one line
			raw = b
		}
	}
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:12])
}

// attachments lists what a document or report points to and does not hold.
func attachments(p *portal, raw json.RawMessage) []actions.PortalAttachment {
	type attachment struct {
		URL   string `json:"url"`
		Type  string `json:"contentType"`
		Title string `json:"title"`
		Data  string `json:"data"`
	}
	var said struct {
		Content []struct {
			Attachment attachment `json:"attachment"`
		} `json:"content"`
		Presented []attachment `json:"presentedForm"`
		Text      struct {
			Text string `json:"text"`
		} `json:"type"`
		Code struct {
			Text string `json:"text"`
		} `json:"code"`
	}
	if json.Unmarshal(raw, &said) != nil {
		return nil
	}
	all := said.Presented
	for _, c := range said.Content {
		all = append(all, c.Attachment)
	}
	var found []actions.PortalAttachment
	for _, a := range all {
		if a.URL == "" || a.Data != "" {
			continue
		}
		name := a.Title
		if name == "" {
			name = said.Text.Text + said.Code.Text
		}
		// One that lies elsewhere stays in the list: that it could not be had is said.
		found = append(found, actions.PortalAttachment{URL: a.URL, Type: a.Type, Name: name})
	}
	return found
}

var reference = regexp.MustCompile(`"reference"\s*:\s*"([^"\\]{1,300})"`)

// points lists the records of other types that a resource points to, such as
// "Medication/123".
func (p *portal) points(raw json.RawMessage) []string {
	var all []string
	for _, m := range reference.FindAllSubmatch(raw, -1) {
		ref := strings.TrimPrefix(string(m[1]), p.base.String()+"/")
		ref, _, _ = strings.Cut(ref, "/_history/")
		kind, id, ok := strings.Cut(ref, "/")
		if ok && slices.Contains(pointedTo, kind) && fhirID(id) && !slices.Contains(all, ref) {
			all = append(all, ref)
		}
	}
	return all
}

// Attachment gives the bytes of a document that a record points to, and their type.
// A portal may answer with a Binary that holds them.
func (ps *Portals) Attachment(ctx context.Context, id string, t actions.PortalToken, a actions.PortalAttachment) ([]byte, string, error) {
	p, err := ps.portal(id)
	if err != nil {
		return nil, "", err
	}
	address, err := p.resolve(a.URL, p.ours)
	if err != nil {
		return nil, "", err
	}
	accept := "*/*"
	if kind, _, err := mime.ParseMediaType(a.Type); err == nil {
		accept = kind + ", */*;q=0.5"
	}
	b, head, err := ps.ask(ctx, p, request{address: address, accept: accept, token: t.Access, limit: ps.limits.Attachment})
	if err != nil {
		return nil, "", err
	}
	kind, _, _ := mime.ParseMediaType(head.Get("Content-Type"))
	if strings.HasSuffix(kind, "json") {
		var binary struct {
			ResourceType string `json:"resourceType"`
			Type         string `json:"contentType"`
			Data         string `json:"data"`
		}
		if json.Unmarshal(b, &binary) == nil && binary.ResourceType == "Binary" {
			if b, err = base64.StdEncoding.DecodeString(binary.Data); err != nil {
				return nil, "", nonsense(errors.New("a Binary that holds no base64"))
			}
			kind = binary.Type
		}
	}
	if len(b) == 0 {
		return nil, "", fault.New(fault.NotFound, "records.portal.fault.refused")
	}
	if kind == "" || kind == "application/octet-stream" {
		kind = http.DetectContentType(b)
	}
	return b, kind, nil
}
