package nppes

import (
	"bytes"
	"regexp"
	"strconv"

	"consilium/internal/expert"
)

// sheet gives how a kind is read; newest becomes the newest day inside, for those that
// have one.
func (r *Reader) sheet(kind Kind, newest *uint32) (sheet, bool) {
	seen := func(d uint32) {
		if d > *newest && d <= r.today {
			*newest = d
		}
	}
	switch kind {
	case Providers:
		return r.providers(newest), true
	case Deactivated:
		return r.deactivatedList(seen), true
	case Hospitals:
		return r.hospitals(), true
	case Clinicians:
		return r.clinicians(), true
	case Affiliations:
		return r.affiliations(), true
	case Reassignments:
		return r.reassignments(), true
	case Volumes:
		return r.volumes(), true
	case OptOuts:
		return r.optOuts(seen), true
	case Exclusions:
		return r.exclusions(seen), true
	case Payments:
		return r.payments(seen), true
	case SharedPatients:
		return r.shared(), true
	case Boards:
		return r.boards(), true
	case Taxonomy:
		return sheet{columns: codeColumns()}, true
	case ZIPs:
		return sheet{columns: zipColumns()}, true
	}
	return sheet{}, false
}

func must(names ...string) column { return column{names: names} }
func may(names ...string) column  { return column{names: names, optional: true} }
func rare(names ...string) column { return column{names: names, optional: true, rare: true} }

// whose reads the NPI of a side file's row; an empty one and 0000000000 are nobody's.
func whose(text []byte) (uint32, error) {
	if len(bytes.Trim(text, "0")) == 0 {
		return 0, withoutNPI
	}
	n, ok := npi(text)
	if !ok {
		return 0, wrongNPI
	}
	return n, nil
}

// count reads a whole number; an empty one is 0.
func count(text []byte) (int, bool) {
	if len(text) == 0 {
		return 0, true
	}
	return number(text)
}

func yes(text []byte) bool {
	return len(text) > 0 && (text[0] == 'Y' || text[0] == 'y' || text[0] == '1')
}

func (r *Reader) deactivatedList(seen func(uint32)) sheet {
	return sheet{
		columns: []column{must("NPI"), must("NPPES Deactivation Date", "NPI Deactivation Date", "Deactivation Date")}, begins: beginsWithNPI,
		row: func(t *table) error {
			n, err := whose(t.field(0))
			if err != nil {
				return err
			}
			d := day(t.fields[1])
			if d == 0 {
				return wrongDate
			}
			r.gone[n] = max(r.gone[n], d)
			seen(d)
			return nil
		},
	}
}

// clinicians is facts.md DAC-01.
func (r *Reader) clinicians() sheet {
	return sheet{
		begins: beginsWithNPI, columns: []column{
			must("NPI"), may("Med_sch", "Medical school name"), may("Grd_yr", "Graduation year"),
			may("Telehlth", "Telehealth"), may("Facility Name", "org_nm", "Organization legal name"), must("org_pac_id", "Group Practice PAC ID"),
			may("num_org_mem", "Number of Group Practice members"), may("ind_assgn", "Professional accepts Medicare Assignment"),
		},
		row: func(t *table) error {
			n, err := whose(t.field(0))
			if err != nil {
				return err
			}
			c := expert.Clinician{School: r.word(t.field(1)), Telehealth: yes(t.field(3)), Assignment: yes(t.field(7))}
			if c.School == "OTHER" { // a school that CMS does not name: no two of them are the same
				c.School = ""
			}
			if y := figure(t.field(2)); y >= 1900 && y <= 2199 {
				c.Graduated = y
			}
			if id := t.field(5); len(id) > 0 {
				members, _ := count(t.field(6))
				c.Groups = []expert.Group{{ID: r.word(id), Name: r.word(t.field(4)), Members: members}}
			}
			r.sink.Clinician(n, c)
			return nil
		},
	}
}

// affiliations is facts.md DAC-02.
func (r *Reader) affiliations() sheet {
	return sheet{
		begins: beginsWithNPI, columns: []column{
			must("NPI"), may("facility_type"),
			must("facility_affiliations_certification_number", "Facility Affiliations Certification Number", "CCN", "hosp_afl_1"),
			rare("Facility Name", "facility_affiliations_name", "hosp_afl_lbn_1"),
		},
		row: func(t *table) error {
			n, err := whose(t.field(0))
			if err != nil {
				return err
			}
			ccn := t.field(2)
			if len(ccn) == 0 {
				return emptyColumn
			}
			id := r.ccn(ccn)
			name := r.word(t.field(3))
			if name == "" {
				name = r.called[id]
			}
			r.sink.Hospital(n, expert.Hospital{CCN: id, Kind: r.word(t.field(1)), Name: name})
			return nil
		},
	}
}

// ccn is a CMS certification number; six characters.
func (r *Reader) ccn(text []byte) string {
	id := r.word(text)
	if len(id) < 6 && figure(text) >= 0 { // a spreadsheet ate the leading zeros
		id = ("000000" + id)[len(id):]
	}
	return id
}

// hospitals is facts.md DAC-07, or CMS's Hospital General Information: affiliations
// have a number alone.
func (r *Reader) hospitals() sheet {
	return sheet{
		columns: []column{must("Facility ID", "CCN", "Provider ID"), must("Facility Name", "Hospital Name", "DOING BUSINESS AS NAME", "ORGANIZATION NAME"), rare("ORGANIZATION NAME")},
		row: func(t *table) error {
			id, name := t.field(0), t.field(1)
			if len(name) == 0 { // no name to do business under
				name = t.field(2)
			}
			if len(id) == 0 || len(name) == 0 {
				return emptyColumn
			}
			r.called[r.ccn(id)] = string(name)
			return nil
		},
	}
}

// reassignments is facts.md DAC-03. Rows without a group are those of clinicians who
// bill for themselves.
func (r *Reader) reassignments() sheet {
	return sheet{
		columns: []column{
			must("Individual NPI"), must("Group PAC ID"), may("Group Legal Business Name"),
			may("Group Reassignments and Physician Assistants", "Group Reassignments"),
		},
		row: func(t *table) error {
			n, err := whose(t.field(0))
			if err != nil {
				return err
			}
			id := t.field(1)
			if len(id) == 0 {
				return dropped("without a group")
			}
			members, _ := count(t.field(3))
			r.sink.Reassign(n, expert.Group{ID: r.word(id), Name: r.word(t.field(2)), Members: members})
			return nil
		},
	}
}

// volumes is facts.md PUF-01, with the names before 2019 too.
func (r *Reader) volumes() sheet {
	return sheet{
		begins: beginsWithNPI, columns: []column{
			must("Rndrng_NPI", "npi", "National Provider Identifier"), must("HCPCS_Cd", "hcpcs_code", "HCPCS Code"),
			must("Tot_Srvcs", "line_srvc_cnt", "Number of Services"), must("Tot_Benes", "bene_unique_cnt", "Number of Medicare Beneficiaries"),
		},
		row: func(t *table) error {
			n, err := whose(t.field(0))
			if err != nil {
				return err
			}
			code := t.field(1)
			if len(code) != 5 {
				return invalid("the HCPCS code has not five characters")
			}
			services, ok1 := number(t.field(2))
			patients, ok2 := number(t.field(3))
			if !ok1 || !ok2 {
				return wrongCount
			}
			r.sink.Volume(n, expert.Volume{HCPCS: r.word(code), Services: services, Patients: patients})
			return nil
		},
	}
}

// optOuts is facts.md DAC-04.
func (r *Reader) optOuts(seen func(uint32)) sheet {
	return sheet{
		columns: []column{must("NPI"), must("Optout Effective Date", "Opt Out Effective Date"), must("Optout End Date", "Opt Out End Date"), rare("Last updated")},
		row: func(t *table) error {
			n, err := whose(t.field(0))
			if err != nil {
				return err
			}
			from, until := day(t.fields[1]), day(t.fields[2])
			if from == 0 && len(t.field(1)) > 0 || until == 0 && len(t.field(2)) > 0 {
				return invalid("a date of the opt-out is no date")
			}
			seen(from)
			seen(day(t.fields[3]))
			r.sink.OptOut(n, expert.OptOut{From: written(from), Until: written(until)})
			return nil
		},
	}
}

// exclusions is facts.md LEI-01. Most rows have no NPI (0000000000): they can be
// matched with nobody, and are counted.
func (r *Reader) exclusions(seen func(uint32)) sheet {
	return sheet{
		columns: []column{must("NPI"), must("EXCLTYPE"), must("EXCLDATE"), may("REINDATE")},
		row: func(t *table) error {
			from := day(t.fields[2])
			seen(from)
			n, err := whose(t.field(0))
			if err != nil {
				return err
			}
			if back := day(t.fields[3]); back != 0 && back >= from && back <= r.today {
				return reinstated
			}
			// A wrong date is no ground to forget that somebody is excluded.
			r.sink.Exclude(n, expert.Exclusion{Kind: r.word(t.field(1)), From: written(from)})
			return nil
		},
	}
}

// payments is facts.md OPN-01, in the names of the yearly files and of the query
// service, which differ by case alone.
func (r *Reader) payments(seen func(uint32)) sheet {
	return sheet{
		columns: []column{
			must("Covered_Recipient_NPI"), must("Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_Name"),
			must("Total_Amount_of_Payment_USDollars", "total_amount_of_payment_us_dollars"), may("Number_of_Payments_Included_in_Total_Amount"),
			may("Physician_Ownership_Indicator"), may("Date_of_Payment"), rare("Payment_Publication_Date"),
		},
		row: func(t *table) error {
			seen(day(t.fields[5]))
			seen(day(t.fields[6]))
			n, err := whose(t.field(0))
			if err != nil {
				return err
			}
			maker := t.field(1)
			if len(maker) == 0 {
				return emptyColumn
			}
			amount, ok := cents(t.field(2))
			if !ok {
				return wrongAmount
			}
			times, ok := count(t.field(3))
			if !ok {
				return wrongCount
			}
			r.sink.Payment(n, expert.Payment{Maker: r.word(maker), Cents: amount, Payments: max(1, times), Ownership: yes(t.field(4))})
			return nil
		},
	}
}

var window = regexp.MustCompile(`(?i)(?:days?[-_ ]?(30|60|90|180)(?:[^0-9]|$))|(?:(?:^|[^0-9])(30|60|90|180)[-_ ]?days?)`)

// shared is facts.md SHP-01, which has no header and its window in its name, and
// SHP-02, which has one.
func (r *Reader) shared() sheet {
	days := 0
	place := func(c column, at int) column { c.at = at; return c }
	return sheet{
		begins: beginsWithNPI, columns: []column{
			place(must("from_npi", "npi1", "npi_1"), 1), place(must("to_npi", "npi2", "npi_2"), 2),
			place(must("patient_count", "bene_count", "beneficiary_count"), 4),
		},
		start: func(t *table, name string) {
			days = 0
			if m := window.FindStringSubmatch(name); m != nil {
				days, _ = strconv.Atoi(m[1] + m[2])
			}
		},
		row: func(t *table) error {
			a, err := whose(t.field(0))
			if err != nil {
				return err
			}
			b, err := whose(t.field(1))
			if err != nil {
				return err
			}
			if a == b {
				return itself
			}
			patients, ok := number(t.field(2))
			if !ok {
				return wrongCount
			}
			r.sink.Shared(a, b, patients, days)
			return nil
		},
	}
}

// boards is our own format: docs/directory.md describes it.
func (r *Reader) boards() sheet {
	return sheet{
		columns: []column{must("npi"), must("board"), must("specialty"), may("status"), may("until"), must("source")},
		row: func(t *table) error {
			n, err := whose(t.field(0))
			if err == withoutNPI {
				return wrongNPI
			}
			if err != nil {
				return err
			}
			b := expert.Board{Board: r.word(t.field(1)), Specialty: r.word(t.field(2)), Source: string(t.field(5))}
			if b.Board == "" || b.Specialty == "" || b.Source == "" {
				return invalid("board, specialty and source must be filled: nobody can check a certificate without them")
			}
			switch s := string(bytes.ToLower(t.field(3))); s {
			case "", "active", "expired":
				b.Status = s
			default:
				return invalid("the status is neither active nor expired")
			}
			until := day(t.fields[4])
			if until == 0 && len(t.field(4)) > 0 {
				return invalid("the date in until is no date: write YYYY-MM-DD")
			}
			b.Until = written(until)
			r.sink.Board(n, b)
			return nil
		},
	}
}
