package nppes

import (
	"context"
	"errors"
	"strconv"

	"consilium/internal/directory"
)

func codeColumns() []column {
	return []column{must("Code"), must("Classification"), may("Specialization"), may("Display Name")}
}

func zipColumns() []column {
	return []column{
		must("zip", "code", "zipcode", "zip_code", "postal_code", "zcta5", "GEOID"), may("city", "place_name"), may("state", "state_id", "state_code"),
		must("lat", "latitude", "INTPTLAT"), must("lon", "lng", "long", "longitude", "INTPTLONG"),
	}
}

// Codes reads the NUCC taxonomy.
func (r *Reader) Codes(ctx context.Context, src *Source) ([]directory.Code, Report, error) {
	var codes []directory.Code
	seen := map[string]bool{}
	r.sink = nil
	rep, err := r.read(ctx, src, Taxonomy, sheet{
		columns: codeColumns(),
		row: func(t *table) error {
			code := string(t.field(0))
			if len(code) != len(directory.Taxonomy{}.Code) {
				return invalid("the code has not ten characters")
			}
			if seen[code] {
				return dropped("a code that came before")
			}
			seen[code] = true
			name := string(t.field(3))
			if name == "" {
				if name = string(t.field(1)); len(t.field(2)) > 0 {
					name += ", " + string(t.field(2))
				}
			}
			codes = append(codes, directory.Code{Code: code, Name: name})
			return nil
		},
	})
	if err == nil && len(codes) == 0 {
		err = &FileError{src.Path, errors.New("it has not one taxonomy code")}
	}
	r.date(&rep, src, 0)
	return codes, rep, err
}

// ZIPs reads a list of ZIP codes with the degrees of their centres.
func (r *Reader) ZIPs(ctx context.Context, src *Source) ([]directory.ZIP, Report, error) {
	var zips []directory.ZIP
	seen := map[string]bool{}
	var room [5]byte
	r.sink = nil
	rep, err := r.read(ctx, src, ZIPs, sheet{
		columns: zipColumns(),
		row: func(t *table) error {
			code := string(zip5(t.fields[0], &room))
			lat, err1 := strconv.ParseFloat(string(t.field(3)), 64)
			lon, err2 := strconv.ParseFloat(string(t.field(4)), 64)
			switch {
			case code == "":
				return invalid("the ZIP code has not five digits")
			case err1 != nil || err2 != nil || !(lat >= -90 && lat <= 90) || !(lon >= -180 && lon <= 180) || lat == 0 && lon == 0:
				return wrongDegrees
			case seen[code]:
				return dropped("a ZIP code that came before")
			}
			seen[code] = true
			zips = append(zips, directory.ZIP{Code: code, City: string(t.field(1)), State: string(stateOf(t.field(2))), Lat: lat, Lon: lon})
			return nil
		},
	})
	if err == nil && len(zips) == 0 {
		err = &FileError{src.Path, errors.New("it has not one ZIP code")}
	}
	r.date(&rep, src, 0)
	return zips, rep, err
}
