package appeal

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/contract"
	"consilium/internal/fault"
	"consilium/internal/web/ui"
)

// The form of a letter of refusal: what is asked, and how it is read.

// ask is one question. Its name is also the field's, and the end of its words; what
// the rules take bears the name of its path there.
type ask struct {
	name string
	part string
	kind string   // text, area, date, choice, select, codes, money, yes_no, state
	of   []string // of a choice
	most int      // letters
}

var (
	regimes  = strings.Fields("erisa aca_individual california medicare_original medicare_advantage part_d medicaid_managed medicaid_ffs chip_managed tricare fehb va")
	levels   = strings.Fields("initial_denial internal_denied external_denied redetermination_denied reconsideration_denied alj_denied council_denied")
	classes  = strings.Fields("prior_authorization necessity experimental missing_information clerical network benefit eligibility timeliness coordination cost_share second_opinion_required")
	services = strings.Fields("pre_service post_service concurrent")
)

// asks are in the order in which a letter gives them; the parts are the headings.
var asks = []ask{
	{"plan.name", "plan", "text", nil, 200},
	{"regime", "plan", "choice", regimes, 0},
	{"denial.class", "reason", "choice", classes, 0},
	{"denial.reason", "reason", "area", nil, 2000},
	{"denial.carc", "reason", "codes", nil, 60},
	{"denial.rarc", "reason", "codes", nil, 60},
	{"denial.group", "reason", "select", strings.Fields("CO PR OA PI CR"), 0},
	{"level", "reason", "select", levels, 0},
	{"notice_date", "dates", "date", nil, 0},
	{"received_date", "dates", "date", nil, 0},
	{"letter_deadline", "dates", "date", nil, 0},
	{"peer_to_peer_by", "dates", "date", nil, 0},
	{"service", "care", "choice", services, 0},
	{"urgent", "care", "yes_no", nil, 0},
	{"claim.service", "care", "text", nil, 200},
	{"claim.provider", "care", "text", nil, 200},
	{"claim.on", "care", "date", nil, 0},
	{"claim.number", "care", "text", nil, 60},
	{"claim.codes", "care", "text", nil, 120},
	{"claim.icd10", "care", "text", nil, 12},
	{"amount", "care", "money", nil, 16},
	{"plan.member", "letters", "text", nil, 60},
	{"plan.group", "letters", "text", nil, 60},
	{"plan.address", "letters", "area", nil, 400},
	{"plan.fax", "letters", "text", nil, 30},
	{"plan.phone", "letters", "text", nil, 30},
	{"funding", "more", "choice", strings.Fields("insured self_funded"), 0},
	{"state", "more", "state", nil, 0},
	{"grandfathered", "more", "yes_no", nil, 0},
	{"drug", "more", "choice", strings.Fields("none part_b part_d"), 0},
	{"ending", "more", "select", strings.Fields("hospital skilled_nursing home_health hospice outpatient_rehabilitation"), 0},
	{"ends_on", "more", "date", nil, 0},
	{"effective_date", "more", "date", nil, 0},
}

// part gives the questions of one heading.
func part(name string) []ask {
	return slices.DeleteFunc(slices.Clone(asks), func(q ask) bool { return q.part != name })
}

// lines pairs the one-line answers with where they stand in a denial.
func lines(d *appeal.Denial) map[string]*string {
	return map[string]*string{
		"plan.name": &d.Plan.Name, "plan.address": &d.Plan.Address, "plan.fax": &d.Plan.Fax, "plan.phone": &d.Plan.Phone,
		"plan.member": &d.Plan.Member, "plan.group": &d.Plan.Group,
		"claim.number": &d.Claim.Number, "claim.service": &d.Claim.Service, "claim.provider": &d.Claim.Provider, "claim.icd10": &d.Claim.ICD10,
		"regime": &d.Input.Regime, "level": &d.Input.Level, "service": &d.Input.Service, "funding": &d.Input.Funding, "state": &d.Input.State,
		"drug": &d.Input.Drug, "ending": &d.Input.Ending,
		"denial.class": &d.Input.Denial.Class, "denial.reason": &d.Input.Denial.Reason, "denial.group": &d.Input.Denial.Group,
	}
}

// days pairs the dates.
func days(in *appeal.Input) map[string]*contract.Date {
	return map[string]*contract.Date{
		"notice_date": &in.NoticeDate, "received_date": &in.ReceivedDate, "letter_deadline": &in.LetterDeadline, "peer_to_peer_by": &in.PeerToPeerBy,
		"ends_on": &in.EndsOn, "effective_date": &in.EffectiveDate,
	}
}

// sides pairs the questions of yes and no.
func sides(in *appeal.Input) map[string]**bool {
	return map[string]**bool{"urgent": &in.Urgent, "grandfathered": &in.Grandfathered}
}

// typed gives a denial as the form holds it.
func typed(d appeal.Denial) url.Values {
	f := url.Values{}
	for name, value := range lines(&d) {
		f.Set(name, *value)
	}
	for name, value := range days(&d.Input) {
		ui.SetDate(f, name, value.String())
	}
	for name, value := range sides(&d.Input) {
		if *value != nil {
			f.Set(name, map[bool]string{true: "yes", false: "no"}[**value])
		}
	}
	ui.SetDate(f, "claim.on", d.Claim.On)
	f.Set("claim.codes", strings.Join(d.Claim.Codes, ", "))
	f.Set("denial.carc", strings.Join(d.Input.Denial.CARC, ", "))
	f.Set("denial.rarc", strings.Join(d.Input.Denial.RARC, ", "))
	if d.Input.Amount != nil {
		f.Set("amount", d.Input.Amount.String())
	}
	return f
}

// readDenial reads the form. What cannot be read is a fault on its field and is left
// out; what it means is the engine's to check.
func readDenial(form url.Values) (appeal.Denial, error) {
	var d appeal.Denial
	var fs fault.Faults
	wrong := func(name, key string) { fs = append(fs, fault.New(fault.Invalid, key).On(name)) }
	text, on, side := lines(&d), days(&d.Input), sides(&d.Input)
	for _, q := range asks {
		said := strings.TrimSpace(strings.ReplaceAll(form.Get(q.name), "\r\n", "\n"))
		switch q.kind {
		case "text", "area":
			if p := text[q.name]; p != nil {
				*p = said
			}
			if n := len([]rune(said)); n > q.most {
				fs = append(fs, fault.New(fault.Invalid, "form.too_long").With("max", strconv.Itoa(q.most)).On(q.name))
			}
		case "choice", "select":
			if said != "" && said != "unknown" && !slices.Contains(q.of, said) {
				wrong(q.name, "form.choice")
			} else if said != "unknown" {
				*text[q.name] = said
			}
		case "state":
			if said != "" && !casefile.IsState(said) {
				wrong(q.name, "form.state")
			} else {
				*text[q.name] = said
			}
		case "date":
			iso, f := ui.ParseDate(form, q.name)
			if f != nil {
				fs = append(fs, f)
			} else if p := on[q.name]; p != nil && iso != "" {
				date, err := contract.ParseDate(iso)
				if err != nil {
					wrong(q.name, "form.date.real")
				}
				*p = date
			} else if p == nil {
				d.Claim.On = iso
			}
		case "yes_no":
			switch said {
			case "yes", "no":
				yes := said == "yes"
				*side[q.name] = &yes
			case "", "unknown":
			default:
				wrong(q.name, "form.choice")
			}
		}
	}
	d.Claim.ICD10 = strings.ToUpper(d.Claim.ICD10)
	if d.Claim.ICD10 != "" && !casefile.IsICD10(d.Claim.ICD10) {
		wrong("claim.icd10", "form.icd10")
	}
	d.Claim.Codes = codes(form.Get("claim.codes"))
	readCodes(form, &d.Input.Denial)
	if said := form.Get("amount"); strings.TrimSpace(said) != "" {
		m, ok := money(said)
		if !ok {
			wrong("amount", "form.money")
		}
		d.Input.Amount = &m
	}
	if papers := form["letter"]; len(papers) > 0 {
		d.Letter, d.Pages = papers[0], papers[1:]
	}
	return d, fs.OrNil()
}

// codes takes several codes apart, however somebody parts them.
func codes(s string) []string {
	return strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool { return strings.ContainsRune(" ,;/\n\r\t", r) })
}

var groupCode = regexp.MustCompile(`^(CO|PR|OA|PI|CR)-?([A-Z]?[0-9]{1,3})?$`)

// readCodes reads the reason codes. A letter often writes group and reason as one,
// "CO-197": then the group is known too.
func readCodes(form url.Values, r *appeal.Refusal) {
	for _, c := range codes(form.Get("denial.carc")) {
		if m := groupCode.FindStringSubmatch(c); m != nil {
			if r.Group == "" {
				r.Group = m[1]
			}
			c = m[2]
		}
		if c = strings.TrimLeft(c, "0"); c != "" {
			r.CARC = append(r.CARC, c)
		}
	}
	r.RARC = codes(form.Get("denial.rarc"))
}

// money reads an amount as people write it: "$1,200", "1200.50".
func money(s string) (contract.Money, bool) {
	s = strings.NewReplacer("$", "", ",", "", " ", "").Replace(strings.TrimSpace(s))
	whole, cents, _ := strings.Cut(s, ".")
	if whole == "" && cents == "" {
		return 0, false
	}
	if len(cents) < 2 {
		cents += "00"[len(cents):]
	}
	m, err := contract.ParseMoney(strings.TrimLeft(whole, "0") + "." + cents)
	if strings.Trim(whole, "0") == "" {
		m, err = contract.ParseMoney("0." + cents)
	}
	return m, err == nil
}
