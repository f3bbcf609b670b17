package letters

import (
	"strings"
	"testing"
)

func TestAReferralIsAskedForInWritingOrTheReasonOfANo(t *testing.T) {
	in := ReferIn{
		Today: "2026-11-22", Patient: ruth, Doctor: a, Refused: true, Asked: "2026-11-16", Reasons: []string{"The diagnosis is rare"},
		Laws: []string{"Cal. Health & Safety 1383.15"}, MemberID: "H-22", ReplyBy: "2026-11-29",
	}
	en, es := Refer(in, "en"), Refer(in, "es")
	hasAll(t, en, "Request for a referral, in writing", "On November 16, 2026 I asked you for a referral", "was told no", "- The diagnosis is rare",
		"1. A referral in writing", "2. If you will not refer me: your reason in writing", "- Cal. Health & Safety 1383.15", "Member ID of the plan: H-22.", "Please answer by November 29, 2026.")
	hasAll(t, es, "Solicitud de un referido", "16 de noviembre de 2026", "29 de noviembre de 2026")
	if strings.Contains(es.Text(), "referral") {
		t.Error("English in a Spanish letter")
	}
}

func TestARequestForAReferralSaysOnlyWhatHappened(t *testing.T) {
	in := ReferIn{Today: "2026-11-22", Patient: ruth, Doctor: a}
	hasAll(t, Refer(in, "en"), "I ask you for a referral")
	hasNone(t, Refer(in, "en"), "was told no", "This right stands in", "Member ID", "Please answer by", "{")
	in.Asked = "2026-11-16"
	hasAll(t, Refer(in, "en"), "On November 16, 2026 I asked you for a referral for a second opinion.")
	hasNone(t, Refer(in, "en"), "was told no")
	in.Asked, in.Refused = "", true
	hasAll(t, Refer(in, "en"), "I asked you for a referral for a second opinion, and was told no.")
	in.Patient = leo
	hasAll(t, Refer(in, "en"), "we put our request in writing", "If you will not refer Leo Alvarez")
}
