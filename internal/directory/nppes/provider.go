package nppes

import (
	"bytes"
	"strconv"

	"consilium/internal/directory"
)

// The columns of a provider, in the order of providerColumns.
const (
	cNPI = iota
	cEntity
	cLegal
	cLast
	cFirst
	cMiddle
	cSuffix
	cCredential
	cKnown
	cFormer
	cLine1
	cLine2
	cCity
	cState
	cZIP
	cCountry
	cPhone
	cUpdated
	cGone
	cBack
	cSex
	cTaxonomy // code, state of the licence, primary switch, fifteen times
)

const taxonomies = 15

// providerColumns are what is read of the 330 (facts.md NPP-03, NPP-04), with the
// spellings of 2018 and of 2024 and after.
func providerColumns() []column {
	all := []column{
		must("NPI"), must("Entity Type Code"),
		must("Provider Organization Name (Legal Business Name)", "Provider Organization Name"),
		must("Provider Last Name (Legal Name)", "Provider Last Name"), must("Provider First Name"), may("Provider Middle Name"),
		may("Provider Name Suffix Text"), may("Provider Credential Text"),
		may("Provider Other Organization Name"), may("Provider Other Last Name"),
		must("Provider First Line Business Practice Location Address"), may("Provider Second Line Business Practice Location Address"),
		must("Provider Business Practice Location Address City Name"), must("Provider Business Practice Location Address State Name"),
		must("Provider Business Practice Location Address Postal Code"),
		may("Provider Business Practice Location Address Country Code (If outside U.S.)", "Provider Business Practice Location Address Country Code"),
		may("Provider Business Practice Location Address Telephone Number"), may("Last Update Date"),
		must("NPI Deactivation Date"), must("NPI Reactivation Date"), may("Provider Sex Code", "Provider Gender Code"),
	}
	for i := 1; i <= taxonomies; i++ {
		n := "_" + strconv.Itoa(i)
		code := column{names: []string{"Healthcare Provider Taxonomy Code" + n}, optional: i > 1}
		all = append(all, code, may("Provider License Number State Code"+n), may("Healthcare Provider Primary Taxonomy Switch"+n))
	}
	return all
}

// providers reads NPPES.
func (r *Reader) providers(newest *uint32) sheet {
	row := directory.Row{Taxonomies: make([]directory.Taxonomy, 0, taxonomies)}
	var room [5]byte
	return sheet{columns: providerColumns(), begins: beginsWithNPI, row: func(t *table) error {
		n, ok := npi(t.field(cNPI))
		if !ok {
			return wrongNPI
		}
		if on, ok := r.deactivated(t, n); !ok {
			return wrongDate
		} else if on {
			return deactivated
		}
		organization := false
		switch e := t.field(cEntity); {
		case len(e) == 1 && e[0] == '1':
		case len(e) == 1 && e[0] == '2':
			organization = true
		case len(e) == 0:
			return withoutName
		default:
			return entityType
		}
		if !domestic(t.field(cCountry)) {
			return foreign
		}
		row = directory.Row{
			NPI: n, Organization: organization, Updated: day(t.fields[cUpdated]), Taxonomies: row.Taxonomies[:0],
			Line1: t.field(cLine1), Line2: t.field(cLine2), City: t.field(cCity), State: stateOf(t.field(cState)),
			ZIP: zip5(t.fields[cZIP], &room), Phone: phone(t.fields[cPhone]),
		}
		if organization {
			row.Legal, row.Known = t.field(cLegal), t.field(cKnown)
			if len(row.Legal) == 0 && len(row.Known) == 0 {
				return withoutName
			}
		} else {
			row.Last, row.First, row.Middle = t.field(cLast), t.field(cFirst), t.field(cMiddle)
			row.Suffix, row.Credential, row.Former = t.field(cSuffix), t.field(cCredential), t.field(cFormer)
			if len(row.Last) == 0 && len(row.First) == 0 {
				return withoutName
			}
			if s := t.field(cSex); len(s) == 1 && (s[0] == 'F' || s[0] == 'M' || s[0] == 'X') {
				row.Sex = s[0]
			}
		}
		for i := 0; i < taxonomies; i++ {
			at := cTaxonomy + 3*i
			if t.fields[at] == nil {
				continue
			}
			code := t.field(at)
			if len(code) != len(directory.Taxonomy{}.Code) {
				continue
			}
			x := directory.Taxonomy{Primary: string(t.field(at+2)) == "Y"}
			copy(x.Code[:], code)
			if s := stateOf(t.field(at + 1)); len(s) == 2 {
				copy(x.State[:], s)
			}
			row.Taxonomies = append(row.Taxonomies, x)
		}
		if row.Updated > *newest && row.Updated <= r.today {
			*newest = row.Updated
		}
		return r.sink.Add(row)
	}}
}

// deactivated says whether the row's NPI is out of use: deactivated, and not
// reactivated on that day or later. It is false when a date is no date.
func (r *Reader) deactivated(t *table, n uint32) (off, ok bool) {
	if len(t.fields[cGone]) == 0 && len(t.fields[cBack]) == 0 {
		if len(r.gone) > 0 {
			delete(r.gone, n)
		}
		return false, true
	}
	gone, back := day(t.fields[cGone]), day(t.fields[cBack])
	if len(t.field(cGone)) > 0 && gone == 0 {
		return false, false
	}
	if gone != 0 && back < gone {
		r.gone[n] = gone
		return true, true
	}
	delete(r.gone, n)
	if back != 0 {
		r.back[n] = back
	}
	return false, true
}

// domestic takes the states and the territories for the United States.
func domestic(country []byte) bool {
	switch string(country) {
	case "", "US", "USA", "PR", "GU", "VI", "AS", "MP", "UM", "FM", "MH", "PW":
		return true
	}
	return false
}

// stateOf gives two capital letters; a state's name in full is made short, other text
// is none.
func stateOf(text []byte) []byte {
	for i, c := range text {
		if c >= 'a' && c <= 'z' {
			text[i] = c - 'a' + 'A'
		}
	}
	if len(text) == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z' {
		return text
	}
	if code, ok := stateNames[string(bytes.TrimSuffix(text, []byte(".")))]; ok {
		return []byte(code)
	}
	return nil
}

var stateNames = map[string]string{
	"ALABAMA": "AL", "ALASKA": "AK", "ARIZONA": "AZ", "ARKANSAS": "AR", "CALIFORNIA": "CA", "COLORADO": "CO", "CONNECTICUT": "CT", "DELAWARE": "DE",
	"DISTRICT OF COLUMBIA": "DC", "FLORIDA": "FL", "GEORGIA": "GA", "HAWAII": "HI", "IDAHO": "ID", "ILLINOIS": "IL", "INDIANA": "IN", "IOWA": "IA",
	"KANSAS": "KS", "KENTUCKY": "KY", "LOUISIANA": "LA", "MAINE": "ME", "MARYLAND": "MD", "MASSACHUSETTS": "MA", "MICHIGAN": "MI", "MINNESOTA": "MN",
	"MISSISSIPPI": "MS", "MISSOURI": "MO", "MONTANA": "MT", "NEBRASKA": "NE", "NEVADA": "NV", "NEW HAMPSHIRE": "NH", "NEW JERSEY": "NJ",
	"NEW MEXICO": "NM", "NEW YORK": "NY", "NORTH CAROLINA": "NC", "NORTH DAKOTA": "ND", "OHIO": "OH", "OKLAHOMA": "OK", "OREGON": "OR",
	"PENNSYLVANIA": "PA", "RHODE ISLAND": "RI", "SOUTH CAROLINA": "SC", "SOUTH DAKOTA": "SD", "TENNESSEE": "TN", "TEXAS": "TX", "UTAH": "UT",
	"VERMONT": "VT", "VIRGINIA": "VA", "WASHINGTON": "WA", "WEST VIRGINIA": "WV", "WISCONSIN": "WI", "WYOMING": "WY",
	"PUERTO RICO": "PR", "GUAM": "GU", "VIRGIN ISLANDS": "VI", "AMERICAN SAMOA": "AS",
}
