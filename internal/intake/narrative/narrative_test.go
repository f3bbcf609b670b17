package narrative

import (
	"strings"
	"testing"

	"consilium/internal/clinical"
)

// said gives what marks say, kinds named: "p(words b(bold))".
func show(all []clinical.Mark) string {
	names := map[clinical.MarkKind]string{
		clinical.MarkTitle: "h2", clinical.MarkSubtitle: "h3", clinical.MarkParagraph: "p", clinical.MarkList: "ul", clinical.MarkNumbered: "ol", clinical.MarkItem: "li",
		clinical.MarkTable: "table", clinical.MarkCaption: "caption", clinical.MarkRow: "tr", clinical.MarkHeadCell: "th", clinical.MarkCell: "td",
		clinical.MarkStrong: "b", clinical.MarkEmphasis: "i",
	}
	var b strings.Builder
	for _, m := range all {
		switch m.Kind {
		case clinical.MarkWords:
			b.WriteString(m.Text)
		case clinical.MarkBreak:
			b.WriteString("/")
		default:
			b.WriteString(names[m.Kind] + "(" + show(m.Parts) + ")")
		}
	}
	return b.String()
}

// order fails when a mark stands where it may not.
func order(t testing.TB, in clinical.MarkKind, all []clinical.Mark) {
	t.Helper()
	for i, m := range all {
		ok := true
		switch in {
		case clinical.MarkTable:
			ok = m.Kind == clinical.MarkRow || m.Kind == clinical.MarkCaption && i == 0
		case clinical.MarkRow:
			ok = m.Kind == clinical.MarkCell || m.Kind == clinical.MarkHeadCell
		case clinical.MarkList, clinical.MarkNumbered:
			ok = m.Kind == clinical.MarkItem
		case clinical.MarkItem, clinical.MarkCell, clinical.MarkHeadCell: // words or blocks
			ok = m.Kind != clinical.MarkRow && m.Kind != clinical.MarkCell && m.Kind != clinical.MarkHeadCell && m.Kind != clinical.MarkItem && m.Kind != clinical.MarkCaption
		case clinical.MarkBreak: // the whole
			ok = !inline(m.Kind) && m.Kind != clinical.MarkRow && m.Kind != clinical.MarkCell && m.Kind != clinical.MarkHeadCell && m.Kind != clinical.MarkItem && m.Kind != clinical.MarkCaption
		default:
			ok = inline(m.Kind)
		}
		if !ok {
			t.Fatalf("mark %d stands in %d: %s", m.Kind, in, show(all))
		}
		if m.Kind != clinical.MarkWords {
			order(t, m.Kind, m.Parts)
		}
	}
}

func read(t testing.TB, how func(*Builder, string), s string) []clinical.Mark {
	t.Helper()
	var b Builder
	how(&b, s)
	all, _ := b.Marks()
	order(t, clinical.MarkBreak, all)
	return all
}

func TestAWebPageBecomesHeadingsParagraphsListsAndTables(t *testing.T) {
	for in, want := range map[string]string{
		`<h1>Report</h1><p>All is <b>well</b>,<br>she says.</p>`:                           "h2(Report)p(All is b(well),/she says.)",
		`<ul><li>one<li>two</ul>`:                                                          "ul(li(one)li(two))",
		`<table><thead><tr><th>Test<th>Value</tr></thead><tbody><tr><td>HDL<td>35</table>`: "table(tr(th(Test)th(Value))tr(td(HDL)td(35)))",
		`<div xmlns="http://www.w3.org/1999/xhtml">Plain &amp; <i>simple</i></div>`:        "p(Plain & i(simple))",
		`<td>alone</td>`: "p(alone)",
		`a<p>b<p>c`:      "p(a)p(b)p(c)",
		`<b><table><tr><td>x</td></tr></table></b>`: "table(tr(td(x)))",
		`5 < 7 and 8 > 3`: "p(5 < 7 and 8 > 3)",
		`<table><tr><td><table><tr><td>in</td></tr></table></td></tr></table>`: "table(tr(td(table(tr(td(in))))))",
	} {
		if got := show(read(t, HTML, in)); got != want {
			t.Errorf("%s\n is %s\nnot %s", in, got, want)
		}
	}
}

// Classics of getting a program into a page. What a person reads stays.
var classics = []string{
	`<script>alert(1)</script>seen`, `<ScRiPt src=//evil.test/x.js></sCrIpT>seen`, `<img src=x onerror=alert(1)>seen`, `<svg onload=alert(1)>seen</svg>`,
	`<svg><script>alert(1)</script></svg>seen`, `<iframe src="javascript:alert(1)"></iframe>seen`, `<a href="javascript:alert(1)">seen</a>`,
	`<body onload=alert(1)>seen`, `<p style="background:url(http://evil.test/p)">seen</p>`, `<style>@import 'http://evil.test/c';</style>seen`,
	`<link rel=stylesheet href=http://evil.test/c>seen`, `<meta http-equiv=refresh content="0;url=http://evil.test">seen`, `<base href=http://evil.test>seen`,
	`<form action=http://evil.test><input name=q><button>seen</button></form>`, `<object data=http://evil.test></object>seen`, `<embed src=http://evil.test>seen`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">seen`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">seen`,
	`<scr<script>ipt>alert(1)</scr</script>ipt>seen`, `<<b>script>alert(1)<</b>/script>seen`, `<p id="x" onclick='a>b'>seen</p>`, `<img src="x` + "`" + `><script>alert(1)</script>"` + "`>seen",
	`<details open ontoggle=alert(1)>seen</details>`, `<video><source onerror=alert(1)></video>seen`, `<template><script>alert(1)</script></template>seen`,
	`<!--<img src="--><img src=x onerror=alert(1)//">seen`, `<?xml-stylesheet href="http://evil.test/x.xsl"?>seen`, `<![CDATA[<script>alert(1)</script>]]>seen`,
	`<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>seen`, `<textarea><img src=x onerror=alert(1)></textarea>seen`, "\u202e<b>seen</b>\u2066",
}

func TestTheClassicsLeaveWordsAlone(t *testing.T) {
	for _, in := range classics {
		got := show(read(t, HTML, in))
		if !strings.Contains(got, "seen") {
			t.Errorf("%s lost its words: %q", in, got)
		}
		if strings.ContainsAny(got, "\u202e\u2066") {
			t.Errorf("%s turns its words about", in)
		}
	}
}

func TestALetterInRichTextKeepsItsParagraphsAndLetters(t *testing.T) {
	got := show(read(t, RTF, `{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\info{\author Nobody}}\b Impression:\b0\par No acute \'e9pisode \u8212? fine.\par{\*\generator x;}{\pict 89504e47}\line Bye}`))
	if want := "p(b(Impression:))p(No acute épisode — fine.)p(Bye)"; got != want {
		t.Errorf("it says %s\nnot %s", got, want)
	}
}

func TestPlainTextKeepsItsLinesAndColumns(t *testing.T) {
	got := show(read(t, Plain, "HDL    35\r\nLDL   140\r\n\r\nEnd"))
	if want := "p(HDL    35/LDL   140)p(End)"; got != want {
		t.Errorf("it says %s\nnot %s", got, want)
	}
}

func TestWhatIsTooLongIsCutAndSaidToBe(t *testing.T) {
	var b Builder
	HTML(&b, strings.Repeat("<p>word</p>", 50_000))
	if all, cut := b.Marks(); !cut || len(all) > maxMarks {
		t.Errorf("%d paragraphs, cut %v", len(all), cut)
	}
	b = Builder{}
	HTML(&b, strings.Repeat("<div>", 100_000)+"deep")
	if all, _ := b.Marks(); len(all) > 1 {
		t.Errorf("%d marks of nothing", len(all))
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range classics {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { read(t, HTML, s) })
}

func FuzzRTF(f *testing.F) {
	f.Add(`{\rtf1\ansi\b a\b0\par\u8212?{\*\x y}\'e9}`)
	f.Add(`{{{{\bin9 }}\uc9\u1`)
	f.Fuzz(func(t *testing.T, s string) { read(t, RTF, s) })
}
