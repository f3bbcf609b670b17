package nppes

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
)

// CMS publishes the list of deactivated NPIs as a workbook alone. Its first sheet is
// read as if it were CSV: rows of which the first cell is no NPI (title, header, notes)
// stand above and below, and are left out.

// Limits of a workbook. The real one has about 10 MB, unpacked 60.
const (
	maxWorkbook = 128 << 20 // packed bytes, of one within a ZIP
	maxStrings  = 256 << 20 // bytes of its shared texts
	maxSheet    = 512 << 20
)

const sheetPart, stringsPart = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"

// inner opens a workbook that lies in a ZIP.
func inner(f *zip.File) (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxWorkbook+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxWorkbook {
		return nil, fmt.Errorf("the workbook is larger than %d bytes", maxWorkbook)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	return workbook(z)
}

func part(z *zip.Reader, name string) *zip.File {
	for _, f := range z.File {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// workbook gives the first sheet's first two columns as CSV.
func workbook(z *zip.Reader) (io.ReadCloser, error) {
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	sheet := part(z, sheetPart)
	if sheet == nil {
		return nil, errors.New("the workbook has no first sheet")
	}
	var texts []string
	if f := part(z, stringsPart); f != nil {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		texts, err = sharedTexts(io.LimitReader(r, maxStrings))
		r.Close()
		if err != nil {
			return nil, err
		}
	}
	in, err := sheet.Open()
	if err != nil {
		return nil, err
	}
	out, to := io.Pipe()
	go func() {
		defer in.Close()
		to.CloseWithError(cells(io.LimitReader(in, maxSheet), texts, to))
	}()
	return out, nil
}

// sharedTexts reads xl/sharedStrings.xml: one text for each <si>.
func sharedTexts(in io.Reader) ([]string, error) {
	d := xml.NewDecoder(in)
	var all []string
	var one strings.Builder
	within := false
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		switch x := token.(type) {
		case xml.StartElement:
			within = x.Name.Local == "t"
			if x.Name.Local == "si" {
				one.Reset()
			}
		case xml.CharData:
			if within {
				one.Write(x)
			}
		case xml.EndElement:
			within = false
			if x.Name.Local == "si" {
				all = append(all, one.String())
			}
		}
	}
}

// cells writes the rows whose first cell looks like an NPI, after a header of our own.
func cells(in io.Reader, texts []string, out io.Writer) error {
	d := xml.NewDecoder(in)
	var row [2]string
	var value strings.Builder
	kind, at, within := "", -1, false
	if _, err := io.WriteString(out, "NPI,NPPES Deactivation Date\n"); err != nil {
		return err
	}
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			switch x.Name.Local {
			case "row":
				row, at = [2]string{}, -1
			case "c":
				kind = ""
				at++
				for _, a := range x.Attr {
					switch a.Name.Local {
					case "t":
						kind = a.Value
					case "r":
						at = columnOf(a.Value)
					}
				}
				value.Reset()
			case "v", "t":
				within = true
			}
		case xml.CharData:
			if within {
				value.Write(x)
			}
		case xml.EndElement:
			within = false
			switch x.Name.Local {
			case "c":
				if at >= 0 && at < len(row) {
					row[at] = cell(kind, value.String(), texts)
				}
			case "row":
				if first := strings.TrimSpace(row[0]); len(first) == 10 && figure([]byte(first)) >= 0 {
					if _, err := fmt.Fprintf(out, "%s,%s\n", first, dateCell(row[1])); err != nil {
						return err
					}
				}
			}
		}
	}
}

// columnOf gives 0 for A7, 1 for B7, and a large number for what is further right.
func columnOf(ref string) int {
	letters := strings.TrimRight(ref, "0123456789")
	if len(letters) != 1 || letters[0] < 'A' || letters[0] > 'Z' {
		return 1 << 10
	}
	return int(letters[0] - 'A')
}

func cell(kind, value string, texts []string) string {
	if kind != "s" {
		return value
	}
	i, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil || i < 0 || i >= len(texts) {
		return ""
	}
	return texts[i]
}

// dateCell makes a spreadsheet's number of days since 1899-12-30 a date.
func dateCell(text string) string {
	text = strings.TrimSpace(text)
	if days, err := strconv.ParseFloat(text, 64); err == nil && days > 30_000 && days < 80_000 {
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days)).Format(time.DateOnly)
	}
	return strings.Map(func(r rune) rune {
		if r == ',' || r == '"' || r < ' ' {
			return ' '
		}
		return r
	}, text)
}
