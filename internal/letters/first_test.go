package letters

import (
	"strings"
	"testing"
)

func TestTheFirstDoctorIsAskedForWhatThePlanWantsAndNothingElse(t *testing.T) {
	in := TellFirstIn{Today: "2026-11-22", Patient: ruth, Doctor: a, Plan: PlanAsks{
		Referral: true, Approval: true, Urgent: true, Holds: []string{"DOC-02", "DOC-06", "DOC-99"}, Laws: []string{"Cal. Health & Safety 1383.15"}, MemberID: "H-22",
	}}
	en, es := TellFirst(in, "en"), TellFirst(in, "es")
	hasAll(t, en, "What my health plan asks of you", "1. A referral to the second doctor", "2. A request to the plan to approve the visit", "3. If you think that waiting could harm me", "- the diagnosis with its ICD-10 code", "- your note on what waiting could do", "- Cal. Health & Safety 1383.15", "Member ID of the plan: H-22.")
	hasNone(t, en, "DOC-99", "plan.hold", "outside the network")
	hasAll(t, es, "Lo que mi plan de salud pide de usted", "Número de miembro del plan: H-22.")
	if strings.Contains(es.Text(), "referral") {
		t.Error("English in a Spanish letter")
	}
	in.Plan = PlanAsks{Holds: []string{"DOC-01"}, Laws: []string{"a law"}, MemberID: "H-22"}
	hasNone(t, TellFirst(in, "en"), "health plan", "H-22", "a law")
	in.Patient, in.Plan = leo, PlanAsks{Outside: true, Urgent: true}
	hasAll(t, TellFirst(in, "en"), "let Leo Alvarez see a doctor outside the network", "could harm Leo Alvarez", "send us a copy")
}
