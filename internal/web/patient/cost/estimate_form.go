package cost

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/actions"
	"consilium/internal/contract"
	"consilium/internal/estimate"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// The forms of an estimate: what is saved as fields, and fields as what is to be
// saved. What can be wrong beyond a date or an amount that cannot be read is the
// estimate's own check.

var estimateID = regexp.MustCompile(`^[a-z0-9]{20,40}$`)

// stageValues gives what is saved as the values of one stage's form.
func stageValues(v *web.Visit, stage string, e estimate.Estimate) url.Values {
	form := url.Values{}
	switch stage {
	case askStage:
		form = url.Values{
			"paying": {e.Paying}, "clinic": {e.Clinic.Name}, "clinic_address": {e.Clinic.Address}, "clinic_npi": {e.Clinic.NPI},
			"service": {e.Service}, "codes": {strings.Join(e.Codes, ", ")}, "others": {tri(e.Others)}, "repeats": {tri(e.Repeats)},
			"address": {e.Writer.Address}, "phone": {e.Writer.Phone}, "email": {e.Writer.Email},
		}
		for name, d := range map[string]contract.Date{"visit": e.Visit, "scheduled": e.Scheduled, "asked": e.Asked, "changed": e.Changed, "again": e.Again} {
			ui.SetDate(form, name, d.String())
		}
	case cameStage:
		form.Set("file", e.File)
		ui.SetDate(form, "received", e.Received.String())
		providers := e.Providers
		if len(providers) == 0 {
			providers = []estimate.Provider{{Name: e.Clinic.Name, NPI: e.Clinic.NPI}}
		}
		for i, p := range providers {
			at := providerRow(i)
			form.Set(at, p.Name)
			form.Set(at+"_id", p.ID)
			form.Set(at+"_npi", p.NPI)
			form.Set(at+"_tin", p.TIN)
			for n, l := range p.Lines {
				form.Set(lineAt(i, n)+"_what", l.What)
				form.Set(lineAt(i, n)+"_code", l.Code)
				form.Set(lineAt(i, n)+"_amount", l.Amount.String())
			}
			for n := len(p.Lines); n < max(2, len(p.Lines)+1) && n < estimate.LinesMax; n++ {
				form.Set(lineAt(i, n)+"_amount", "")
			}
		}
	case lookStage:
		form["has"] = e.Has
	case billStage:
		ui.SetDate(form, "bill_on", v.Today())
	}
	return form
}

func tri(b *bool) string {
	switch {
	case b == nil:
		return "unknown"
	case *b:
		return "yes"
	}
	return "no"
}

func untri(s string) *bool {
	yes := s == "yes"
	if s != "yes" && s != "no" {
		return nil
	}
	return &yes
}

// providerRow and lineAt name the fields of a provider and of one of its lines.
func providerRow(i int) string { return "p" + strconv.Itoa(i) }
func lineAt(i, n int) string   { return providerRow(i) + "_l" + strconv.Itoa(n) }

// rowsIn tells how many providers a form shows, and linesIn how many lines of one.
func rowsIn(form url.Values) int {
	n := 0
	for n < estimate.ProvidersMax && form.Has(providerRow(n)) {
		n++
	}
	return max(n, 1)
}

func linesIn(form url.Values, i int) int {
	n := 0
	for n < estimate.LinesMax && form.Has(lineAt(i, n)+"_amount") {
		n++
	}
	return max(n, 1)
}

// addRows makes room: for one more provider, or with a number for more lines of one.
func addRows(form url.Values, more string) {
	if i, err := strconv.Atoi(more); err == nil && i >= 0 && i < rowsIn(form) {
		for n, add := linesIn(form, i), 3; add > 0 && n < estimate.LinesMax; n, add = n+1, add-1 {
			form.Set(lineAt(i, n)+"_amount", "")
		}
		return
	}
	if i := rowsIn(form); i < estimate.ProvidersMax {
		form.Set(providerRow(i), "")
		for n := range 2 {
			form.Set(lineAt(i, n)+"_amount", "")
		}
	}
}

var lineParts = []string{"_what", "_code", "_amount"}

// compactRows takes empty lines and empty providers out of a form, so that the n-th
// field is the n-th thing that is saved.
func compactRows(form url.Values) {
	rows, to := rowsIn(form), 0
	for i := range rows {
		kept := url.Values{}
		lines, at := linesIn(form, i), 0
		for n := range lines {
			said := false
			for _, part := range lineParts {
				said = said || strings.TrimSpace(form.Get(lineAt(i, n)+part)) != ""
			}
			if said {
				for _, part := range lineParts {
					kept.Set(lineAt(to, at)+part, strings.TrimSpace(form.Get(lineAt(i, n)+part)))
				}
				at++
			}
			for _, part := range lineParts {
				form.Del(lineAt(i, n) + part)
			}
		}
		for _, field := range []string{"", "_id", "_npi", "_tin"} {
			kept.Set(providerRow(to)+field, strings.TrimSpace(form.Get(providerRow(i)+field)))
			form.Del(providerRow(i) + field)
		}
		if at > 0 || kept.Get(providerRow(to)) != "" {
			for k, x := range kept {
				form[k] = x
			}
			to++
		}
	}
}

// readDate reads a date of a form; an empty one is unknown.
func readDate(form url.Values, name string, fs *fault.Faults) contract.Date {
	s, wrong := ui.ParseDate(form, name)
	if wrong != nil {
		*fs = append(*fs, wrong)
		return contract.Date{}
	}
	if s == "" {
		return contract.Date{}
	}
	d, err := contract.ParseDate(s)
	if err != nil {
		*fs = append(*fs, fault.New(fault.Invalid, "form.date.year").On(name))
	}
	return d
}

var dollars = regexp.MustCompile(`^(-?)0*([0-9]{1,9})(?:\.([0-9]{1,2}))?$`)

// readDollars reads an amount as people type it: "1250", "$1,250.50". One that is
// not there is required.
func readDollars(form url.Values, name string, fs *fault.Faults) contract.Money {
	s := strings.NewReplacer("$", "", ",", "", " ", "", "\u00a0", "").Replace(form.Get(name))
	if s == "" {
		*fs = append(*fs, fault.New(fault.Invalid, "form.required").On(name))
		return 0
	}
	typed := dollars.FindStringSubmatch(s)
	if typed == nil {
		*fs = append(*fs, fault.New(fault.Invalid, "form.money").On(name))
		return 0
	}
	m, err := contract.ParseMoney(typed[1] + typed[2] + "." + (typed[3] + "00")[:2])
	if err != nil {
		*fs = append(*fs, fault.New(fault.Invalid, "form.money").On(name))
	}
	return m
}

func readAsk(form url.Values) (estimate.Estimate, error) {
	var fs fault.Faults
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
	}
	e := estimate.Estimate{
		Paying:  strings.ReplaceAll(form.Get("paying"), "unknown", ""),
		Clinic:  estimate.Provider{Name: text("clinic"), Address: text("clinic_address"), NPI: digitsOf(form.Get("clinic_npi"))},
		Service: text("service"), Codes: readCodes(form.Get("codes")),
		Others: untri(form.Get("others")), Repeats: untri(form.Get("repeats")),
		Writer: estimate.Writer{Address: text("address"), Phone: text("phone"), Email: text("email")},
		Visit:  readDate(form, "visit", &fs), Scheduled: readDate(form, "scheduled", &fs), Asked: readDate(form, "asked", &fs), Changed: readDate(form, "changed", &fs), Again: readDate(form, "again", &fs),
	}
	return e, fs.OrNil()
}

// readCodes takes codes apart where people put commas, semicolons or new lines.
func readCodes(s string) []string {
	var codes []string
	for _, c := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '\r' }) {
		if c = strings.ToUpper(strings.TrimSpace(c)); c != "" {
			codes = append(codes, c)
		}
	}
	return codes
}

func digitsOf(s string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(s))
}

func readCame(form url.Values) (actions.CameEstimate, error) {
	var fs fault.Faults
	came := actions.CameEstimate{Received: readDate(form, "received", &fs), File: form.Get("file")}
	if came.Received.IsZero() && len(fs) == 0 {
		fs = append(fs, fault.New(fault.Invalid, "form.date.required").On("received"))
	}
	for i := 0; form.Has(providerRow(i)); i++ {
		p := estimate.Provider{ID: form.Get(providerRow(i) + "_id"), Name: form.Get(providerRow(i)), NPI: digitsOf(form.Get(providerRow(i) + "_npi")), TIN: form.Get(providerRow(i) + "_tin")}
		for n := 0; form.Has(lineAt(i, n) + "_amount"); n++ {
			p.Lines = append(p.Lines, estimate.Line{
				What: form.Get(lineAt(i, n) + "_what"), Code: strings.ToUpper(form.Get(lineAt(i, n) + "_code")), Amount: readDollars(form, lineAt(i, n)+"_amount", &fs),
			})
		}
		if len(p.Lines) == 0 {
			fs = append(fs, fault.New(fault.Invalid, "cost.estimate.wrong.no_amount").On(lineAt(i, 0)+"_amount"))
		}
		came.Providers = append(came.Providers, p)
	}
	return came, fs.OrNil()
}

// otherProvider is the choice of a provider that the estimate does not list.
const otherProvider = "other"

func readBill(form url.Values, e estimate.Estimate) (estimate.Bill, error) {
	var fs fault.Faults
	b := estimate.Bill{
		Provider: form.Get("bill_provider"), Number: strings.TrimSpace(form.Get("bill_number")), InPlaceOf: form.Get("bill_in_place_of"), File: form.Get("bill_file"),
		Received: readDate(form, "bill_on", &fs), Total: readDollars(form, "bill_total", &fs),
	}
	if id := form.Get("bill"); estimateID.MatchString(id) {
		b.ID = id // the same form sent twice is one bill
	}
	i := slices.IndexFunc(e.Providers, func(p estimate.Provider) bool { return p.ID == b.Provider })
	switch {
	case i >= 0:
		b.Name = e.Providers[i].Name
	case b.Provider == otherProvider || b.Provider == "" && len(e.Providers) == 0:
		b.Provider, b.Name = "", strings.TrimSpace(form.Get("bill_name"))
	default:
		fs = append(fs, fault.New(fault.Invalid, "form.required").On("bill_provider"))
		b.Provider, b.Name = "", "?" // so that nothing is said of the name too
	}
	return b, fs.OrNil()
}

// allWrong gives what could not be read together with what cannot be, each field's
// first fault, so that everything is mended in one go.
func allWrong(v *web.Visit, err error, e estimate.Estimate) error {
	fs := fault.All(err)
	on, dateErr := contract.ParseDate(v.Today())
	if dateErr != nil {
		return err
	}
	for _, f := range fault.All(e.Wrong(on)) {
		if !slices.ContainsFunc(fs, func(x *fault.Fault) bool { return x.Field == f.Field }) {
			fs = append(fs, f)
		}
	}
	return fs
}

// lineFields names the fields of each provider and line that the form can have.
func lineFields(v *web.Visit) []web.Named {
	t := v.Say.T
	var all []web.Named
	for i := range estimate.ProvidersMax {
		n := strconv.Itoa(i + 1)
		all = append(all,
			web.Named{Name: providerRow(i), Label: t("cost.estimate.provider", "n", n)},
			web.Named{Name: providerRow(i) + "_npi", Label: t("cost.estimate.npi")}, web.Named{Name: providerRow(i) + "_tin", Label: t("cost.estimate.tin")})
		for l := range estimate.LinesMax {
			for _, part := range lineParts {
				all = append(all, web.Named{Name: lineAt(i, l) + part, Label: t("cost.estimate.line"+strings.ReplaceAll(part, "_", "."), "n", strconv.Itoa(l+1))})
			}
		}
	}
	return all
}
