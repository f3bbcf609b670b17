package appeal

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/contract"
	"consilium/internal/coverage"
	"consilium/internal/fault"
)

// wrong is one thing that an input cannot say: which field, in English for a
// command, and the text key for a page.
type wrong struct {
	field   string
	message string
	key     string
}

// validate names every wrong field; nothing is computed from a wrong input.
func validate(in Input, on contract.Date, lang string) error {
	var ps contract.Problems
	if err := contract.Validate(in); err != nil {
		ps = append(ps, err.(contract.Problems)...)
	}
	if lang != "en" && lang != "es" {
		ps.Add("lang", "unknown value %q; one of en, es", lang)
	}
	for _, w := range in.wrongs(on) {
		ps.Add(w.field, "%s", w.message)
	}
	return ps.OrNil()
}

// Check lists what is wrong with an input that came from a form, each fault on the
// field that bears its JSON name ("notice_date", "denial.carc"). today is YYYY-MM-DD.
func (in Input) Check(today string) error {
	var fs fault.Faults
	on, err := contract.ParseDate(today)
	if err != nil {
		return fault.New(fault.Internal, "fault.internal").Because(err)
	}
	if ps, ok := contract.Validate(in).(contract.Problems); ok {
		for _, p := range ps {
			fs = append(fs, fault.New(fault.Invalid, "form.choice").On(p.Field))
		}
	}
	for _, w := range in.wrongs(on) {
		fs = append(fs, fault.New(fault.Invalid, w.key).On(w.field))
	}
	return fs.OrNil()
}

func (in Input) wrongs(on contract.Date) []wrong {
	var out []wrong
	add := func(field, message, key string) { out = append(out, wrong{field, message, key}) }
	in.wrongDates(on, add)
	in.wrongTogether(add)
	in.wrongCodes(add)
	return out
}

func (in Input) wrongDates(on contract.Date, add func(field, message, key string)) {
	notAfterToday := []struct {
		field string
		date  contract.Date
		what  string
	}{{"notice_date", in.NoticeDate, "the letter"}, {"received_date", in.ReceivedDate, "the day it came"}, {"filed_date", in.FiledDate, "the day of the appeal"}}
	for _, d := range notAfterToday {
		if !d.date.IsZero() && !on.IsZero() && d.date.After(on) {
			add(d.field, d.what+" is after today ("+on.String()+"); give a day up to today", "form.date.past")
		}
	}
	order := []struct {
		field         string
		late          contract.Date
		early         contract.Date
		message, text string
	}{
		{"received_date", in.ReceivedDate, in.NoticeDate, "is before notice_date: a letter cannot come before it was written", "appeal.wrong.received_before_notice"},
		{"letter_deadline", in.LetterDeadline, in.NoticeDate, "is before notice_date: a letter names a later day than its own", "appeal.wrong.letter_deadline_before_notice"},
		{"filed_date", in.FiledDate, in.ReceivedDate, "is before received_date: nobody appeals before the letter came", "appeal.wrong.filed_before_received"},
		{"filed_date", in.FiledDate, in.NoticeDate, "is before notice_date: nobody appeals before the letter was written", "appeal.wrong.filed_before_received"},
		{"peer_to_peer_by", in.PeerToPeerBy, in.NoticeDate, "is before notice_date", "appeal.wrong.before_notice"},
		{"ends_on", in.EndsOn, in.NoticeDate, "is before notice_date: the letter comes before the care ends", "appeal.wrong.before_notice"},
	}
	for _, o := range order {
		if !o.late.IsZero() && !o.early.IsZero() && o.late.Before(o.early) {
			add(o.field, o.message, o.text)
		}
	}
}

// levels are what a letter may have refused under each law; absent is the first.
var levels = map[string][]string{
	"erisa":              {"initial_denial", "internal_denied", "external_denied"},
	"aca_individual":     {"initial_denial", "internal_denied", "external_denied"},
	"medicare_original":  {"initial_denial", "redetermination_denied", "reconsideration_denied", "alj_denied", "council_denied"},
	"medicare_advantage": {"initial_denial", "internal_denied", "reconsideration_denied", "external_denied", "alj_denied", "council_denied"},
	"part_d":             {"initial_denial", "internal_denied", "redetermination_denied", "external_denied", "reconsideration_denied", "alj_denied", "council_denied"},
	"medicaid_managed":   {"initial_denial", "internal_denied", "external_denied"},
	"medicaid_ffs":       {"initial_denial", "external_denied"},
	"chip_managed":       {"initial_denial", "internal_denied", "external_denied"},
	"tricare":            {"initial_denial", "internal_denied", "reconsideration_denied", "external_denied"},
	"fehb":               {"initial_denial", "internal_denied", "reconsideration_denied", "external_denied"},
	"california":         {"initial_denial", "internal_denied", "external_denied"},
	"va":                 {"initial_denial", "internal_denied"},
}

// Levels lists what a letter may have refused under a law, from the first level to
// the last; all of them for a law that is not known.
func Levels(regime string) []string {
	if l, ok := levels[regime]; ok {
		return slices.Clone(l)
	}
	return []string{"initial_denial", "internal_denied", "external_denied", "redetermination_denied", "reconsideration_denied", "alj_denied", "council_denied"}
}

// law is the regime whose ladder applies: a medicine of Part D goes the way of Part
// D, also where a Medicare Advantage plan carries it.
func (in Input) law() string {
	if in.Regime == "medicare_advantage" && in.Drug == "part_d" {
		return "part_d"
	}
	return in.Regime
}

func (in Input) wrongTogether(add func(field, message, key string)) {
	law := in.law()
	if known, ok := levels[law]; ok && in.Level != "" && !slices.Contains(known, in.Level) {
		add("level", "there is no "+in.Level+" under "+law+"; one of "+strings.Join(known, ", "), "appeal.wrong.level")
	}
	medicare := slices.Contains([]string{"medicare_original", "medicare_advantage", "part_d"}, in.Regime)
	if in.Regime == "" {
		return
	}
	if in.Grandfathered != nil && *in.Grandfathered && !slices.Contains([]string{"erisa", "aca_individual", "california"}, in.Regime) {
		add("grandfathered", "does not go with regime "+in.Regime+": only private plans are grandfathered; leave one of them out", "appeal.wrong.together")
	}
	if in.Regime == "aca_individual" && (in.Funding == "self_funded" || in.Funding == "government") {
		add("funding", "does not go with regime aca_individual: a policy of one's own is always insured; leave one of them out", "appeal.wrong.together")
	}
	if in.Ending != "" && in.Regime != "medicare_original" && in.Regime != "medicare_advantage" {
		add("ending", "does not go with regime "+in.Regime+": this fast appeal is Medicare's; leave one of them out", "appeal.wrong.together")
	}
	drug := in.Drug == "part_b" || in.Drug == "part_d"
	if drug && !medicare || in.Drug == "part_d" && in.Regime == "medicare_original" || in.Drug == "part_b" && in.Regime == "part_d" {
		add("drug", in.Drug+" does not go with regime "+in.Regime+"; leave one of them out", "appeal.wrong.together")
	}
}

var (
	isCARC = regexp.MustCompile(`^([1-9][0-9]{0,2}|[ABDPWY][1-9][0-9]?)$`)
	isRARC = regexp.MustCompile(`^(M|MA|N)[1-9][0-9]{0,3}$`)
	isItem = regexp.MustCompile(`^LMN-[0-9]{2}$`)
)

// mostCARC is above every number that the list of claim adjustment reason codes has
// used; the list grows by a few a year (X12, updated 1 March, 1 July, 1 November).
const mostCARC = 399

func (in Input) wrongCodes(add func(field, message, key string)) {
	if in.Amount != nil && *in.Amount < 0 {
		add("amount", "must not be negative", "form.money")
	}
	if s := in.State; len(s) == 2 && strings.ToUpper(s) == s && !slices.Contains(coverage.States(), s) {
		add("state", "there is no state \""+s+"\"; write two letters, such as CA", "form.state")
	}
	for i, c := range in.Denial.CARC {
		n, err := strconv.Atoi(c)
		if !isCARC.MatchString(c) || err == nil && n > mostCARC {
			add(at("denial.carc", i), "there is no such claim adjustment reason code; it looks like 197 or B7", "appeal.wrong.code")
		}
	}
	for i, c := range in.Denial.RARC {
		if !isRARC.MatchString(c) {
			add(at("denial.rarc", i), "there is no such remark code; it looks like N386, M76 or MA130", "appeal.wrong.code")
		}
	}
	for i, c := range in.Have {
		if !isItem.MatchString(c) {
			add(at("have", i), "is no item of the packet; it looks like LMN-01", "form.choice")
		}
	}
}

func at(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }
