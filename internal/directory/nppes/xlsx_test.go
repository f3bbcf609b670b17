package nppes

import (
	"errors"
	"testing"
)

const sheetXML = `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c></row>
<row r="3"><c r="A3" t="s"><v>3</v></c><c r="B3" t="s"><v>4</v></c></row>
<row r="4"><c r="A4"><v>1003000126</v></c><c r="B4"><v>46000</v></c></row>
<row r="5"><c r="A5" t="inlineStr"><is><t>1003000134</t></is></c><c r="B5" t="str"><v>12/24/2025</v></c><c r="C5"><v>7</v></c></row>
<row r="6"><c r="A6" t="s"><v>999</v></c></row></sheetData></worksheet>`

const stringsXML = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>A title</t></si><si><t>NPI</t></si><si><t>NPPES </t><r><t>Deactivation Date</t></r></si><si><t>1234567893</t></si><si><t>01/02/2020</t></si></sst>`

func TestTheWorkbookOfDeactivatedNPIsIsReadAloneAndInAZIP(t *testing.T) {
	book := zipped(t, "[Content_Types].xml", "<x/>", "xl/sharedStrings.xml", stringsXML, "xl/worksheets/sheet1.xml", sheetXML)
	for name, data := range map[string][]byte{
		"NPPES Deactivated NPI Report 20261109.xlsx": book,
		"NPPES_Deactivated_NPI_Report_110926.zip":    zipped(t, "NPPES Deactivated NPI Report 20261109.xlsx", string(book)),
		"npi-deactivated-20261109.csv":               []byte("NPI,NPPES Deactivation Date\n1234567893,01/02/2020\n1003000126,12/09/2025\n1003000134,12/24/2025\n"),
	} {
		k, rep := readText(t, Deactivated, name, string(data))
		if rep.Taken != 3 || rep.Bad != 0 || len(k.drops) != 3 || k.data["deactivated"] != "2026-11-09" {
			t.Errorf("%s: %+v, dropped %v, %v", name, rep, k.drops, k.data)
		}
	}
}

func TestADamagedWorkbookIsRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"cut":      zipped(t, "xl/worksheets/sheet1.xml", sheetXML[:400]),
		"no sheet": zipped(t, "x.xlsx", string(zipped(t, "xl/other.xml", "<x/>"))),
		"no ZIP":   zipped(t, "x.xlsx", "no workbook"),
	} {
		_, err := readFile(t, NewReader(Settings{Today: today}), newTaken(), Deactivated, written2(t, "x.xlsx", data))
		var file *FileError
		if !errors.As(err, &file) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
