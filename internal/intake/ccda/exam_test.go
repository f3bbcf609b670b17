package ccda_test

import (
	"slices"
	"testing"
)

func TestAReportOnImagesNamesItsStudyAndItsOrder(t *testing.T) {
	doc := func(orders string) string {
		return `<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="2.16.840.1.113883.10.20.22.1.5"/><code code="18748-4" codeSystem="2.16.840.1.113883.6.1"/><title>MRI knee</title>
<inFulfillmentOf><order>` + orders + `</order></inFulfillmentOf><documentationOf><serviceEvent><id root="1.2.840.5"/></serviceEvent></documentationOf>
<component><structuredBody><component><section><code code="121181" codeSystem="1.2.840.10008.2.16.4"/><entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.6.2.6"/><id root="1.2.840.6"/>
<targetSiteCode code="72696002" displayName="Knee"><qualifier><value code="7771000" displayName="left"/></qualifier></targetSiteCode></act></entry></section></component></structuredBody></component></ClinicalDocument>`
	}
	r := read(doc(`<id root="1.2.3" extension="GM-8"/>`))
	e := r.Facts[0].Exam
	if e == nil || !slices.Equal(e.StudyUIDs, []string{"1.2.840.5", "1.2.840.6"}) || e.Accession != "GM-8" || e.Issuer != "1.2.3" || e.BodyPart != "Knee" || e.Laterality != "L" {
		t.Fatalf("%+v", e)
	}
	if len(r.Studies) != 1 || r.Studies[0].BodyPart != "Knee" || r.Studies[0].Laterality != "L" {
		t.Errorf("%+v", r.Studies)
	}
	// Of several numbers, nothing tells which one the images bear.
	if e := read(doc(`<id root="1.2.3" extension="GM-8"/><id root="1.2.4" extension="9"/>`)).Facts[0].Exam; e.Accession != "" || !slices.Equal(e.Orders, []string{"GM-8", "9"}) {
		t.Errorf("%+v", e)
	}
}
