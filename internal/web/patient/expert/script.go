package expert

import (
	"consilium/internal/casefile"
	"consilium/internal/expert"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// call is what to say and ask when a person phones a clinic without a referral
// (S1), with the case's own facts put in.
func call(v *web.Visit, p casefile.Profile, chosen expert.Candidate) ui.Call {
	t := v.Say.T
	c := ui.Call{Title: t("expert.script.sheet"), Who: chosen.Doctor.Name, Phone: chosen.Doctor.Phone}
	if c.Who == "" {
		c.Who = t("expert.script.anyone")
	}
	say := []string{t("expert.script.say.hello", "name", p.Patient.Name)}
	if p.Acting.Name != "" {
		say = []string{t("expert.script.say.hello_for", "name", p.Acting.Name, "patient", p.Patient.Name)}
	}
	say = append(say, t("expert.script.say.want", "diagnosis", p.Diagnosis.Text), t("expert.script.say.no_referral"))
	if p.DecideBy != "" {
		say = append(say, t("expert.script.say.by", "date", v.Say.Date(p.DecideBy)))
	}
	c.Say = say
	for _, q := range []string{"self_referral", "new_patients", "experience", "network", "price", "codes", "estimate", "records", "paperwork", "wait", "telehealth"} {
		c.Questions = append(c.Questions, ui.Question{Ask: t("expert.script.ask." + q)})
	}
	return c
}
