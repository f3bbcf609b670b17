package letters

import (
	"regexp"
	"testing"

	"consilium/internal/contract"
)

var clinic = Doctor{Name: "University Hospital", Address: "1 Main Street\nFresno, CA 93701"}

func priceAsked() EstimateIn {
	return EstimateIn{
		Today: "2026-11-22", Patient: ruth, Clinic: clinic, Service: "Second opinion visit about breast cancer", Codes: []string{"99204", "88321"}, ICD10: "C50.911",
		Visit: "2026-12-15", Booked: "2026-11-20", Due: "2026-11-25", Parts: []string{"patient", "codes", "no_contract", "nonsense"},
	}
}

func TestTheRequestForAPriceNamesTheLawTheCareAndWhatItMustShow(t *testing.T) {
	in := priceAsked()
	hasAll(t, EstimateRequest(in, "en"), "To the billing office:", "University Hospital", "45 CFR 149.610", "I have no insurance", "Second opinion visit about breast cancer", "99204, 88321", "C50.911", "December 15, 2026", "due by November 25, 2026", "- The patient’s name and date of birth.", "- The notice that it is not a contract.", "12 Olive Street")
	hasNone(t, EstimateRequest(in, "en"), "nonsense", "records office")
	in.Insured = true
	hasAll(t, EstimateRequest(in, "en"), "without using insurance")
	hasNone(t, EstimateRequest(in, "en"), "I have no insurance")
	in.Visit = ""
	hasAll(t, EstimateRequest(in, "es"), "A la oficina de cobros:", "Aún sin reservar", "45 CFR 149.610", "25 de noviembre de 2026")
}

func TestTheReminderSaysWhenItWasAskedForAndDue(t *testing.T) {
	in := priceAsked()
	in.Asked = "2026-11-16"
	hasAll(t, EstimateReminder(in, "en"), "On November 16, 2026 I asked", "was due by November 25, 2026", "It has not come.", "Please send it now.", "No Surprises Help Desk")
	in.Asked = ""
	hasAll(t, EstimateReminder(in, "en"), "On November 20, 2026 I booked this visit")
	in.Patient = leo
	hasAll(t, EstimateReminder(in, "en"), "Leo Alvarez plans", "If we hear nothing")
	hasNone(t, EstimateReminder(in, "en"), "I have", " me ")
}

func TestANewEstimateIsAskedForWithItsReason(t *testing.T) {
	in := priceAsked()
	in.Received, in.Changed, in.Parts = "2026-11-18", "2026-11-19", nil
	hasAll(t, EstimateCorrection(in, "en"), "came on November 18, 2026", "On November 19, 2026, after it came, the plan changed.")
	hasNone(t, EstimateCorrection(in, "en"), "could not find")
	in.Changed = ""
	hasAll(t, EstimateCorrection(in, "en"), "I booked the visit on November 20, 2026, after it came.")
	in.Booked, in.Parts = "2026-11-10", []string{"right_to_dispute"}
	hasAll(t, EstimateCorrection(in, "en"), "What I could not find in the estimate", "right to dispute")
	hasNone(t, EstimateCorrection(in, "en"), "after it came")
}

func tooMuch() BillIn {
	return BillIn{
		Today: "2026-11-22", Patient: ruth, Provider: clinic, NPI: "1234567893", TIN: "12-3456789", Service: "Second opinion visit.", Visit: "2026-11-10", Estimated: "2026-11-04",
		Lines: []Priced{{"visit (99204)", 30000}, {"", 20000}}, Bills: []Priced{{"Bill of November 15, 2026", 60000}, {"Bill of November 18, 2026", 70000}},
		Expected: 50000, Billed: 130000, Above: 80000, Least: 40000, First: "2026-11-15", Until: "2027-03-15", ReplyBy: "2026-12-06", Fee: 2500,
	}
}

func TestADisputeIsFirstPutToTheProviderWithBothSums(t *testing.T) {
	hasAll(t, BillDispute(tooMuch(), "en"), "On November 4, 2026 I received a good faith estimate for this care: Second opinion visit.", "$800.00 above your own part", "visit (99204) | $300.00", "Item 2 | $200.00", "Your estimate, in all | $500.00", "Bill of November 18, 2026 | $700.00", "Your bill, in all | $1,300.00", "correct the bill to the estimate, $500.00", "at least $400.00 above", "until March 15, 2027", "by December 6, 2026", "collections")
	hasAll(t, BillDispute(tooMuch(), "es"), "$1,300.00", "45 CFR 149.620", "15 de marzo de 2027")
}

func TestThePacketIsAboutOneProviderAndSaysWhatIsEnclosed(t *testing.T) {
	in := tooMuch()
	hasAll(t, DisputePacket(in, "en"), "this one provider", "1234567893", "12-3456789", "The first bill came on | November 15, 2026", "Last day to start | March 15, 2027", "The bill, in all | $1,300.00", "1. A copy of the good faith estimate", "The fee of $25.00")
	hasNone(t, DisputePacket(in, "en"), "my letter", "billing office", "Your bill")
	in.Wrote = "2026-11-20"
	hasAll(t, DisputePacket(in, "en"), "On November 20, 2026 I asked the provider", "A copy of my letter to the provider")
}

func TestALetterAboutAPriceHasNoHoles(t *testing.T) {
	hole := regexp.MustCompile(`\{\w*\}|  |\(\)|: \.|\.\.|[a-z]+\.[a-z_]+\b`)
	for _, lang := range []string{"en", "es"} {
		for _, l := range []Letter{
			EstimateRequest(EstimateIn{}, lang), EstimateReminder(EstimateIn{}, lang), EstimateCorrection(EstimateIn{}, lang), BillDispute(BillIn{}, lang), DisputePacket(BillIn{}, lang),
			EstimateRequest(EstimateIn{Patient: leo, Insured: true}, lang), BillDispute(tooMuch(), lang), DisputePacket(tooMuch(), lang), EstimateReminder(priceAsked(), lang),
		} {
			if m := hole.FindString(l.Text()); m != "" {
				t.Errorf("%s %s has a hole: %q in\n%s", lang, l.Kind, m, l.Text())
			}
		}
	}
}

func TestDollarsAreWrittenWithCommas(t *testing.T) {
	for in, want := range map[int64]string{0: "$0.00", 5: "$0.05", 99999: "$999.99", 100000: "$1,000.00", 123456789: "$1,234,567.89", -40000: "-$400.00", -123456: "-$1,234.56"} {
		if got := Dollars(contract.Money(in)); got != want {
			t.Errorf("%d: %s, want %s", in, got, want)
		}
	}
}

func TestTheUsualServiceIsSaidInTheLanguageOfTheLetter(t *testing.T) {
	in := EstimateIn{Today: "2026-11-22", Patient: ruth, Service: UsualService("es")}
	hasAll(t, EstimateRequest(in, "en"), "Visit for a second opinion")
	hasNone(t, EstimateRequest(in, "en"), "Visita")
	in.Service = "Una consulta con la Dra. Sorensen"
	hasAll(t, EstimateRequest(in, "en"), in.Service) // what somebody wrote stays
}

func TestALetterWithoutAnAddressNamesNone(t *testing.T) {
	in := EstimateIn{Today: "2026-11-22", Patient: ruth, Service: "A visit"}
	in.Patient.Address = ""
	hasNone(t, EstimateRequest(in, "en"), "address above")
	in.Patient.Address = "1 Main Street"
	hasAll(t, EstimateRequest(in, "en"), "address above")
}
