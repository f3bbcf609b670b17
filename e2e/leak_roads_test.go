package e2e

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"
)

// toldOfMoney walks the roads beside the way: every page of costs, of a price in
// writing and of a letter of refusal is opened, saved, saved wrongly and saved too
// late, with words and numbers that are looked for afterwards.
func (p *person) toldOfMoney(t *testing.T, home string) {
	plan := url.Values{"version": {"0"}, "kind": {"ppo"}, "plan.kind": {"ppo"}}
	p.post(home+"/coverage/plan", plan)
	p.post(home+"/coverage/letter", url.Values{"version": {"0"}, "language": {"en"}, "reasons": {"sarcoidosis of the lacrimal gland"}, "member": {"WXQ-83125507"}, "addition": {"Osei-Hartwell"}}).must(http.StatusSeeOther)
	p.get(home + "/coverage/print")
	test := home + "/coverage/test/" + strings.Repeat("t", 26)
	p.post(test, dated(url.Values{"version": {"0"}, "name": {"Methotrexamine level in blood"}, "kind": {"lab"}, "answer": {"approved"}, "number": {"AUTH-7730914"}}, "on", "asked", "decided")).must(http.StatusSeeOther)

	p.post(home+"/cost", url.Values{"version": {"0"}, "0.doctor": {""}, "0.billed": {"8,417.63"}, "0.allowed": {"-8417.63"}}).must(http.StatusUnprocessableEntity)
	p.post(home+"/cost", url.Values{"version": {"0"}, "0.doctor": {""}, "0.billed": {"8417.63"}}).must(http.StatusSeeOther)
	ask := url.Values{"stage": {"ask"}, "id": {strings.Repeat("e", 26)}, "version": {"0"}, "paying": {"no_insurance"}, "clinic": {"Clinic of Osei-Hartwell"}, "service": {"second opinion on sarcoidosis of the lacrimal gland"}}
	price := p.post(home+"/cost/estimate/new", ask).must(http.StatusSeeOther).Header.Get("Location")
	p.post(price, dated(url.Values{"stage": {"came"}, "version": {"1"}, "p0": {"Osei-Hartwell"}, "p0_l0_what": {"Methotrexamine"}, "p0_l0_amount": {"1417.63"}}, "received")).must(http.StatusSeeOther)
	p.post(price, dated(url.Values{"stage": {"bill"}, "version": {"2"}, "bill_provider": {"other"}, "bill_name": {"Osei-Hartwell"}, "bill_total": {"8417.63"}, "bill_number": {"WXQ-83125507"}}, "bill_on")).must(http.StatusSeeOther)
	p.post(price, url.Values{"stage": {"look"}, "version": {"1"}, "has": {"Methotrexamine"}}).must(http.StatusConflict)

	letter := strings.Repeat("d", 26)
	denial := dated(url.Values{
		"version": {"0"}, "plan.name": {"Grimthwaite Mutual"}, "plan.member": {"WXQ-83125507"}, "plan.group": {"Vossberg Foundry"}, "plan.address": {"Grimthwaite Mutual, P.O. Box 1"},
		"claim.number": {"CLM-20661794"}, "claim.service": {"Methotrexamine"}, "claim.provider": {"Dr. Osei-Hartwell"}, "claim.icd10": {"C50.911"}, "claim.codes": {"99204"},
		"denial.reason": {"Methotrexamine is not medically necessary"}, "denial.carc": {"50"}, "regime": {"erisa"}, "amount": {"8417.63"}, "funding": {"self_funded"}, "state": {"CA"},
	}, "notice_date", "received_date")
	wrong := url.Values{}
	for k, v := range denial {
		wrong[k] = v
	}
	wrong.Set("regime", "Grimthwaite Mutual")
	p.post(home+"/appeal/denial/"+letter, wrong).must(http.StatusUnprocessableEntity)
	p.post(home+"/appeal/denial/"+letter, denial).must(http.StatusSeeOther)
	wrong.Set("regime", "erisa")
	wrong.Set("claim.number", "CLM-20661794, typed in another tab")
	p.post(home+"/appeal/denial/"+letter, wrong).must(http.StatusConflict)
	p.post(home+"/appeal/packet/"+letter, url.Values{"version": {"0"}, "language": {"en"}, "doctor": {"none"}, "harm": {"Without Methotrexamine I go blind"}, "tried": {"Methotrexamine"}, "address": {"12 Quillfeather Lane"}}).must(http.StatusSeeOther)
	sent := p.post(home+"/appeal/send/"+letter, dated(url.Values{"version": {"1"}, "packet": {strings.Repeat("p", 26)}, "how": {"mail"}, "proof": {"RB-55501466"}}, "on")).must(http.StatusSeeOther).Header.Get("Location")
	p.post(home+"/appeal/reply/"+letter, url.Values{"version": {"2"}, "reply": {"refused"}})

	for _, at := range []string{
		"/coverage/more", "/coverage/answer", "/coverage/calls", "/coverage/letter", "/coverage/tests", "/cost", "/cost/answer", "/cost/codes", "/cost/estimates", "/cost/estimate/new",
		"/appeal", "/appeal/denial/new?after=" + letter, "/appeal/denial/" + letter, "/appeal/answer/" + letter, "/appeal/packet/" + letter, "/appeal/packet_pdf/" + letter, "/appeal/letter/" + letter + "/appeal",
		"/appeal/send/" + letter, "/appeal/reply/" + letter, "/appeal/picture/0000", "/calendar.ics", "/calendar.ics?about=yes",
	} {
		a := p.get(home + at)
		for name, values := range a.Header {
			if found := secretsIn([]byte(strings.Join(values, " "))); found != "" {
				t.Errorf("the header %s of %s says %q", name, at, found)
			}
		}
		if strings.HasPrefix(at, "/calendar") {
			a.must(http.StatusOK)
			if found := secretsIn([]byte(a.Body)); found != "" {
				t.Errorf("%s says %q", at, found)
			}
		}
	}
	id := path.Base(price)
	for _, at := range []string{price, home + "/cost/dispute/" + id, home + "/cost/estimate_letter/" + id + "/request/en", sent, strings.Replace(sent, "/sent/", "/sent_pdf/", 1)} {
		if a := p.get(at); secretsIn([]byte(a.Header.Get("Content-Disposition"))) != "" {
			t.Errorf("%s is named %s", at, a.Header.Get("Content-Disposition"))
		}
	}
	if got := p.get(home + "/appeal/denial/" + letter).must(http.StatusOK).value("claim.number"); got != denial.Get("claim.number") {
		t.Fatalf("the case does not hold what this test looks for: %q", got)
	}
}

// dated fills date fields of a form with a day that was just now.
func dated(form url.Values, names ...string) url.Values {
	d := time.Now().AddDate(0, 0, -1)
	for _, n := range names {
		form.Set(n+"-month", d.Format("1"))
		form.Set(n+"-day", d.Format("2"))
		form.Set(n+"-year", d.Format("2006"))
	}
	return form
}
