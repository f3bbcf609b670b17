package nppes

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nine columns are enough of NPPES for most tests: what must be there.
const narrow = `"NPI","Entity Type Code","Provider Organization Name (Legal Business Name)","Provider Last Name (Legal Name)","Provider First Name","Provider First Line Business Practice Location Address","Provider Business Practice Location Address City Name","Provider Business Practice Location Address State Name","Provider Business Practice Location Address Postal Code","NPI Deactivation Date","NPI Reactivation Date","Healthcare Provider Taxonomy Code_1"
`

// person is a row of the narrow file with a name.
func person(npi, last string) string {
	return fmt.Sprintf(`"%s","1","","%s","ANN","1 MAIN ST","BOSTON","MA","021081234","","","207R00000X"`+"\n", npi, last)
}

// Valid NPIs.
const (
	one   = "1234567893"
	two   = "1003000126"
	three = "1003000134"
	four  = "1003000142"
)

func lasts(k *taken, npis ...string) string {
	var out []string
	for _, s := range npis {
		n, ok := npi([]byte(s))
		if !ok {
			panic(s)
		}
		row := k.rows[n]
		if row == "" {
			out = append(out, "-")
			continue
		}
		out = append(out, strings.Split(strings.Split(row, "|")[3], ",")[0])
	}
	return strings.Join(out, " ")
}

func reasons(rep Report) string {
	var out []string
	for _, b := range rep.Refused {
		out = append(out, fmt.Sprintf("%d: %s", b.Line, b.Reason))
	}
	return strings.Join(out, "; ")
}

func TestEveryKindOfBadRowIsListedAndItsNeighboursAreRead(t *testing.T) {
	bad := strings.TrimSuffix(person(two, "TWO"), "\n")
	for name, c := range map[string]struct{ row, reason string }{
		"a quote inside a column":            {strings.Replace(bad, `"TWO"`, `"TW"O"`, 1), "3: a quote stands inside column 4"},
		"a quote opened and not closed":      {strings.Replace(bad, `"TWO"`, `"TWO`, 1), "3: a quote stands inside column 4"},
		"the last quote missing":             {strings.TrimSuffix(bad, `"`), "3: a quote is opened and not closed before the next row"},
		"a quote and nothing else":           {`"1003000126","`, "3: a quote is opened and not closed before the next row"},
		"too few columns":                    {`"1003000126","1","",""`, "3: it has 4 columns, not 12"},
		"too many columns":                   {bad + `,"",""`, "3: it has 14 columns, not 12"},
		"a wrong check digit":                {strings.Replace(bad, two, "1003000127", 1), "3: the NPI is wrong: ten digits with a right check digit are wanted"},
		"an NPI that begins with 3":          {strings.Replace(bad, two, "3003000126", 1), "3: the NPI is wrong: ten digits with a right check digit are wanted"},
		"an NPI of letters":                  {strings.Replace(bad, two, "NOTANUMBER", 1), "3: the NPI is wrong: ten digits with a right check digit are wanted"},
		"an unknown entity type":             {strings.Replace(bad, `,"1",`, `,"7",`, 1), "3: the entity type is neither 1 (person) nor 2 (organisation)"},
		"a day of deactivation that is none": {strings.Replace(bad, `"021081234",""`, `"021081234","02/30/2020"`, 1), "3: the date of deactivation is no date"},
		"10 MB in one column":                {strings.Replace(bad, "TWO", strings.Repeat("x", 10<<20), 1), "3: the row is longer than 1048576 bytes"},
		"10 MB of quotes":                    {strings.Replace(bad, "TWO", strings.Repeat(`""`, 5<<20), 1), "3: the row is longer than 1048576 bytes"},
		"10 MB over many lines":              {strings.Replace(bad, "TWO", strings.Repeat(strings.Repeat("x", 1<<15)+"\n", 320), 1), "3: the row is longer than 1048576 bytes"},
		"a column over 100 lines":            {strings.Replace(bad, "TWO", strings.Repeat("x\n", 100), 1), "3: a quote is opened and not closed within 64 lines"},
		"two columns broken by a line feed":  {strings.Replace(bad, `"TWO","ANN"`, "\"TWO\n\"ANN\"", 1), "3: a quote stands inside column 4"},
		"zero bytes":                         {strings.Repeat("\x00", 500), "3: it has 1 columns, not 12"},
	} {
		t.Run(name, func(t *testing.T) {
			k, rep := readText(t, Providers, "npidata.csv", narrow+person(one, "ONE")+c.row+"\n"+person(three, "THREE")+person(four, "FOUR"))
			if got := lasts(k, one, two, three, four); got != "ONE - THREE FOUR" {
				t.Errorf("read %s", got)
			}
			if reasons(rep) != c.reason || rep.Bad != 1 {
				t.Errorf("%d bad: %s", rep.Bad, reasons(rep))
			}
		})
	}
}

func TestLineNumbersStayRightBehindWhatSpansLines(t *testing.T) {
	k, rep := readText(t, Providers, "npidata.csv", narrow+person(one, "O\nN\r\nE")+"\n\n"+`"x"`+"\n"+person(two, "T\"\n\nWO")+person(three, "THREE")+`"y"`)
	if got := lasts(k, one, two, three); got != "O N  E - THREE" {
		t.Errorf("read %q", got)
	}
	if got := reasons(rep); got != "7: it has 1 columns, not 12; 8: it has 4 columns, not 12; 10: it has 9 columns, not 12; 12: it has 1 columns, not 12" {
		t.Errorf("bad: %s", got)
	}
}

func TestWhatIsUnusualButRightIsRead(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a byte-order mark":               {"\xef\xbb\xbf" + narrow + person(one, "ONE"), "ONE"},
		"CRLF":                            {strings.ReplaceAll(narrow+person(one, "ONE"), "\n", "\r\n"), "ONE"},
		"no line feed at the end":         {narrow + strings.TrimSpace(person(one, "ONE")), "ONE"},
		"doubled quotes":                  {narrow + person(one, `""O""NE""""`), `"O"NE""`},
		"a comma":                         {strings.ReplaceAll(narrow, "\n", "\n") + person(one, "ONE; JR."), "ONE; JR."},
		"blanks at the ends":              {narrow + person(one, "  ONE  "), "ONE"},
		"Latin-1":                         {narrow + person(one, "MU\xd1OZ"), "MUÑOZ"},
		"Windows-1252":                    {narrow + person(one, "O\x92NEILL"), "O’NEILL"},
		"UTF-8":                           {narrow + person(one, "MUÑOZ"), "MUÑOZ"},
		"no quotes":                       {strings.ReplaceAll(narrow+person(one, "ONE"), `"`, ""), "ONE"},
		"names of columns in small":       {strings.ToLower(narrow) + person(one, "ONE"), "ONE"},
		"names of columns with more room": {strings.ReplaceAll(narrow, " ", "  ") + person(one, "ONE"), "ONE"},
		"nothing behind the header":       {narrow, "-"},
		"control characters":              {narrow + person(one, "O\x00N\tE"), "O N E"},
	} {
		t.Run(name, func(t *testing.T) {
			k, rep := readText(t, Providers, "npidata.csv", c.text)
			if got := lasts(k, one); got != c.want || rep.Bad != 0 {
				t.Errorf("read %q, %s", got, reasons(rep))
			}
			if latin := strings.Contains(name, "-1"); (rep.Recoded == 1) != latin {
				t.Errorf("%d rows were decoded", rep.Recoded)
			}
		})
	}
}

func TestOldAndNewNamesOfTheSexColumnBothWork(t *testing.T) {
	for _, name := range []string{"Provider Gender Code", "Provider Sex Code"} {
		head := strings.Replace(narrow, `"NPI Deactivation Date"`, `"`+name+`","NPI Deactivation Date"`, 1)
		k, _ := readText(t, Providers, "npidata.csv", head+strings.Replace(person(one, "ONE"), `"021081234",`, `"021081234","F",`, 1))
		if !strings.Contains(k.rows[1234567893], "|false|F|") {
			t.Errorf("%s: %s", name, k.rows[1234567893])
		}
	}
}

func TestDeactivatedForeignAndNamelessRowsAreLeftOutAndCounted(t *testing.T) {
	head := strings.Replace(narrow, `"NPI Deactivation Date"`, `"Provider Business Practice Location Address Country Code (If outside U.S.)","NPI Deactivation Date"`, 1)
	row := func(npi, country, gone, back string) string {
		return fmt.Sprintf(`"%s","1","","X","ANN","1 MAIN ST","BOSTON","MA","021081234","%s","%s","%s","207R00000X"`+"\n", npi, country, gone, back)
	}
	k, rep := readText(t, Providers, "npidata.csv", head+
		row(one, "US", "01/02/2020", "")+row(two, "US", "01/02/2020", "01/03/2021")+row(three, "CA", "", "")+row(four, "PR", "", "")+
		`"1003000159","","","","","","","","","","05/05/2015","",""`+"\n"+`"1003000167","1","","","","","","","","US","","",""`+"\n")
	if got := lasts(k, one, two, three, four); got != "- X - X" {
		t.Errorf("read %s", got)
	}
	if rep.Dropped["deactivated"] != 2 || rep.Dropped["practice outside the United States"] != 1 || rep.Dropped["without a name"] != 1 || rep.Bad != 0 {
		t.Errorf("%v, bad %s", rep.Dropped, reasons(rep))
	}
	if fmt.Sprint(len(k.drops)) != "2" {
		t.Errorf("the sink was told to drop %v", k.drops)
	}
}

func TestAWeeklyFileDeactivatesAndReactivates(t *testing.T) {
	k := newTaken()
	r := NewReader(Settings{Today: today})
	week := func(name, text string) {
		if _, err := readFile(t, r, k, Providers, written2(t, name, []byte(narrow+text))); err != nil {
			t.Fatal(err)
		}
	}
	off := func(npi, gone, back string) string {
		return strings.Replace(person(npi, "X"), `"021081234","",""`, fmt.Sprintf(`"021081234","%s","%s"`, gone, back), 1)
	}
	week("npidata_pfile_20261101-20261108.csv", off(one, "11/02/2026", "")+off(two, "11/02/2026", "")+person(three, "X"))
	week("npidata_pfile_20261108-20261115.csv", off(two, "11/02/2026", "11/10/2026"))
	if _, err := readFile(t, r, k, Deactivated, written2(t, "deactivated.csv", []byte("NPI,NPPES Deactivation Date\n"+two+",11/02/2026\n"+three+",11/12/2026\n"))); err != nil {
		t.Fatal(err)
	}
	if r.Deactivate(k) != 2 || len(k.drops) != 2 {
		t.Fatalf("dropped %v", k.drops)
	}
	for _, n := range k.drops {
		if n == 1003000126 {
			t.Error("the reactivated one was dropped")
		}
	}
	if k.data["nppes"] != "2026-11-15" {
		t.Errorf("nppes is of %s", k.data["nppes"])
	}
}

func TestAMissingColumnIsNamedAndSaysWhatToDo(t *testing.T) {
	k := newTaken()
	path := written2(t, "npidata.csv", []byte(strings.Replace(narrow, `"NPI Deactivation Date",`, "", 1)))
	_, err := readFile(t, NewReader(Settings{Today: today}), k, Providers, path)
	var file *FileError
	if !errors.As(err, &file) || !strings.Contains(err.Error(), `"NPI Deactivation Date" is missing`) || !strings.Contains(err.Error(), "as it was published") {
		t.Errorf("got %v", err)
	}
	_, rep := readText(t, Providers, "npidata.csv", narrow+person(one, "ONE"))
	if notes := strings.Join(rep.Notes, "\n"); !strings.Contains(notes, `"Last Update Date"`) {
		t.Errorf("an optional column that is missing is not told: %s", notes)
	}
}

func TestAFileWithoutItsHeaderIsRefused(t *testing.T) {
	_, err := readFile(t, NewReader(Settings{Today: today}), newTaken(), Providers, written2(t, "npidata.csv", []byte(person(one, "ONE"))))
	if err == nil || !strings.Contains(err.Error(), "first line") {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoCSVAtAllIsRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing": {}, "UTF-16": []byte("\xff\xfeN\x00P\x00I\x00"), "a broken ZIP": []byte("PK\x03\x04garbage"), "broken gzip": {0x1f, 0x8b, 8, 0, 1, 2, 3},
		"one endless line": bytes.Repeat([]byte("x"), 3<<20), "an endless quote": append([]byte(`"`), bytes.Repeat([]byte("x\n"), 2<<20)...), "5,000 columns": bytes.Repeat([]byte("x,"), 5000),
	} {
		_, err := readFile(t, NewReader(Settings{Today: today}), newTaken(), Providers, written2(t, "npidata.csv", data))
		var file *FileError
		if !errors.As(err, &file) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none.csv"), Providers); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := Open(t.TempDir(), Providers); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
}

// zipped makes a ZIP of members, in order: name, text, name, text.
func zipped(t testing.TB, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, members[i+1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheRightMembersOfTheZIPAreReadWithoutUnpacking(t *testing.T) {
	data := zipped(t, "readme.txt", "hello",
		"othername_pfile_20261001-20261108.csv", "NPI,Other\n", "pl_pfile_20261001-20261108.csv", "x\n", "endpoint_pfile_20261001-20261108.csv", "y\n",
		"npidata_pfile_20261001-20261108_fileheader.csv", narrow, "npidata_pfile_20261001-20261108.csv", narrow+person(one, "ONE"), "more/npidata_pfile_20261108-20261115.csv", narrow+person(two, "TWO"))
	dir := t.TempDir()
	path := filepath.Join(dir, "NPPES.zip")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	k := newTaken()
	rep, err := readFile(t, NewReader(Settings{Today: today}), k, Providers, path)
	if err != nil {
		t.Fatal(err)
	}
	if got := lasts(k, one, two); got != "ONE TWO" || rep.Rows != 2 {
		t.Errorf("read %s, %d rows", got, rep.Rows)
	}
	notes := strings.Join(rep.Notes, "\n")
	for _, want := range []string{"othername_pfile", "pl_pfile", "endpoint_pfile"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%s is not told of: %s", want, notes)
		}
	}
	if rep.Date != "2026-11-08" || rep.DateBy != "file name" {
		t.Errorf("it is of %s by %s", rep.Date, rep.DateBy)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Error("something was unpacked")
	}
	if _, err := Open(written2(t, "x.zip", zipped(t, "picture.png", "x")), Providers); err == nil || !strings.Contains(err.Error(), "picture.png") {
		t.Errorf("a ZIP without a table: %v", err)
	}
}

func TestGzipIsReadAndACutOneIsRefused(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, narrow+person(one, "ONE"))
	z.Close()
	k := newTaken()
	if _, err := readFile(t, NewReader(Settings{Today: today}), k, Providers, written2(t, "any.csv.gz", b.Bytes())); err != nil || lasts(k, one) != "ONE" {
		t.Fatalf("%v, %s", err, lasts(k, one))
	}
	_, err := readFile(t, NewReader(Settings{Today: today}), newTaken(), Providers, written2(t, "any.csv.gz", b.Bytes()[:b.Len()-9]))
	var file *FileError
	if !errors.As(err, &file) || !strings.Contains(err.Error(), "cut off or damaged") {
		t.Errorf("a cut gzip: %v", err)
	}
	raw := zipped(t, "npidata_pfile_x.csv", narrow+strings.Repeat(person(one, "ONE"), 1000))
	raw[len(raw)/3] ^= 0x55
	if _, err = readFile(t, NewReader(Settings{Today: today}), newTaken(), Providers, written2(t, "x.zip", raw)); !errors.As(err, &file) {
		t.Errorf("a damaged ZIP: %v", err)
	}
}

func TestAllBadRowsGoToTheListAndTheReportKeepsTheFirst(t *testing.T) {
	var list bytes.Buffer
	bad := NewBadRows(&list)
	r := NewReader(Settings{Today: today, Bad: bad})
	rep, err := readFile(t, r, newTaken(), Providers, written2(t, "npidata.csv", []byte(narrow+strings.Repeat("x\n", 500))))
	if err != nil || bad.Close() != nil {
		t.Fatal(err)
	}
	if rep.Bad != 500 || len(rep.Refused) != keptBad || strings.Count(list.String(), "\n") != 501 || !strings.Contains(list.String(), "npidata.csv,501,") {
		t.Errorf("%d bad, %d kept, list %d lines", rep.Bad, len(rep.Refused), strings.Count(list.String(), "\n"))
	}
}

func TestAnInterruptionAndTheSinksTroubleEndTheWork(t *testing.T) {
	path := written2(t, "npidata.csv", []byte(narrow+strings.Repeat(person(one, "ONE"), 20_000)))
	src, err := Open(path, Providers)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewReader(Settings{}).Read(ctx, newTaken(), src, Providers); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	k := newTaken()
	k.err = errors.New("the disk is full")
	var file *FileError
	if _, err := NewReader(Settings{}).Read(t.Context(), k, src, Providers); err == nil || errors.As(err, &file) || err.Error() != "the disk is full" {
		t.Errorf("the sink's trouble: %v", err)
	}
}
