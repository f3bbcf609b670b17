package paper

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf16"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// file is a PDF on its way out: numbered objects, then the table of where each begins.
type file struct{ objects []string }

func (f *file) reserve() int {
	f.objects = append(f.objects, "")
	return len(f.objects)
}

func (f *file) set(n int, body string) { f.objects[n-1] = body }

func (f *file) add(body string) int {
	n := f.reserve()
	f.set(n, body)
	return n
}

// stream adds a compressed stream with the entries of its dictionary.
func (f *file) stream(entries string, data []byte) int {
	var b bytes.Buffer
	z, _ := zlib.NewWriterLevel(&b, zlib.BestCompression) // the level is a valid constant
	_, _ = z.Write(data)                                  // a buffer does not fail
	_ = z.Close()
	return f.add(fmt.Sprintf("<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", entries, b.Len(), b.String()))
}

// bytes writes the file. Its identity is the hash of what it holds, so that the same
// letter always gives the same bytes.
func (f *file) bytes(root, info int) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	at := make([]int, len(f.objects))
	for i, o := range f.objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	id := sha256.Sum256(b.Bytes())
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>] >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, root, info, id[:16], id[:16], start)
	return b.Bytes()
}

// quote gives a text string of a dictionary.
func quote(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}

func escapeXML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// write turns laid-out pages into a file.
func (d *document) write() ([]byte, error) {
	f := &file{}
	root, pagesAt, tree := f.reserve(), f.reserve(), f.reserve()
	fonts := ""
	for i, fc := range d.faces {
		n, err := fc.put(f)
		if err != nil {
			return nil, err
		}
		fonts += fmt.Sprintf("/F%d %d 0 R ", i, n)
	}
	pageAt := make([]int, len(d.pages))
	var kids []string
	for i, p := range d.pages {
		content := f.stream("", p.content.Bytes())
		pageAt[i] = f.reserve()
		annots := ""
		for _, a := range d.links {
			if a.page == i {
				a.object = f.reserve()
				annots += fmt.Sprintf("%d 0 R ", a.object)
			}
		}
		if annots != "" {
			annots = " /Annots [" + annots + "]"
		}
		f.set(pageAt[i], fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Resources << /Font << %s>> >> /Contents %d 0 R /StructParents %d /Tabs /S%s >>",
			pagesAt, num(d.width), num(d.height), fonts, content, i, annots))
		kids = append(kids, fmt.Sprintf("%d 0 R", pageAt[i]))
	}
	f.set(pagesAt, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(d.pages)))

	owners := make([][]int, len(d.pages)) // page -> mark -> element
	for i, p := range d.pages {
		owners[i] = make([]int, p.marks)
	}
	top := d.root.put(f, tree, pageAt, owners)
	var nums []string
	for i, list := range owners {
		refs := make([]string, len(list))
		for j, o := range list {
			refs[j] = fmt.Sprintf("%d 0 R", o)
		}
		n := f.add("[" + strings.Join(refs, " ") + "]")
		nums = append(nums, fmt.Sprintf("%d %d 0 R", i, n))
	}
	for i, a := range d.links {
		to := d.places[a.target]
		f.set(a.object, fmt.Sprintf("<< /Type /Annot /Subtype /Link /Rect [%s %s %s %s] /Border [0 0 0] /F 4 /Contents %s /StructParent %d /Dest [%d 0 R /XYZ null %s null] >>",
			num(a.x), num(a.y), num(a.x+a.w), num(a.y+a.h), quote(a.says), len(d.pages)+i, pageAt[to.page], num(to.y)))
		nums = append(nums, fmt.Sprintf("%d %d 0 R", len(d.pages)+i, a.element.object))
	}
	parents := f.add("<< /Nums [" + strings.Join(nums, " ") + "] >>")
	f.set(tree, fmt.Sprintf("<< /Type /StructTreeRoot /K [%d 0 R] /ParentTree %d 0 R /ParentTreeNextKey %d >>", top, parents, len(d.pages)+len(d.links)))

	meta := fmt.Sprintf(`<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>Consilium</pdf:Producer><pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, "\uFEFF", escapeXML(d.title), d.lang)
	metaAt := f.add(fmt.Sprintf("<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream", len(meta), meta))
	info := f.add(fmt.Sprintf("<< /Title %s /Producer %s >>", quote(d.title), quote("Consilium")))
	f.set(root, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R /StructTreeRoot %d 0 R /MarkInfo << /Marked true >> /Lang (%s) /Metadata %d 0 R /ViewerPreferences << /DisplayDocTitle true >> >>",
		pagesAt, tree, d.lang, metaAt))
	return f.bytes(root, info), nil
}

// put writes an element of the structure and all below it, and gives its number.
func (e *element) put(f *file, parent int, pageAt []int, owners [][]int) int {
	n := f.reserve()
	e.object = n
	var kids []string
	for _, k := range e.kids {
		if k.below != nil {
			kids = append(kids, fmt.Sprintf("%d 0 R", k.below.put(f, n, pageAt, owners)))
			continue
		}
		if k.link != nil {
			kids = append(kids, fmt.Sprintf("<< /Type /OBJR /Pg %d 0 R /Obj %d 0 R >>", pageAt[k.link.page], k.link.object))
			continue
		}
		owners[k.page][k.mark] = n
		kids = append(kids, fmt.Sprintf("<< /Type /MCR /Pg %d 0 R /MCID %d >>", pageAt[k.page], k.mark))
	}
	extra := ""
	if e.attributes != "" {
		extra = " /A << " + e.attributes + " >>"
	}
	f.set(n, fmt.Sprintf("<< /Type /StructElem /S /%s /P %d 0 R /K [%s]%s >>", e.role, parent, strings.Join(kids, " "), extra))
	return n
}

// put writes the used part of a font and gives its number.
func (fc *face) put(f *file) (int, error) {
	raw, err := fc.subset()
	if err != nil {
		return 0, err
	}
	tag := sha256.Sum256([]byte(string(fc.runes)))
	letters := make([]byte, 6)
	for i := range letters {
		letters[i] = 'A' + tag[i]%26
	}
	name := string(letters) + "+" + fc.name
	data := f.stream(fmt.Sprintf("/Length1 %d", len(raw)), raw)
	m, err := fc.font.Metrics(&fc.buf, fixed.I(1000), font.HintingNone)
	if err != nil {
		return 0, err
	}
	box, err := fc.font.Bounds(&fc.buf, fixed.I(1000), font.HintingNone)
	if err != nil {
		return 0, err
	}
	desc := f.add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile2 %d 0 R >>",
		name, box.Min.X.Round(), -box.Max.Y.Round(), box.Max.X.Round(), -box.Min.Y.Round(), m.Ascent.Round(), -m.Descent.Round(), m.CapHeight.Round(), data))
	widths := make([]string, len(fc.width))
	shapes := make([]byte, 2*(len(fc.glyph)+1))
	for i, w := range fc.width {
		widths[i] = fmt.Sprint(w)
		shapes[2*i+2], shapes[2*i+3] = byte(fc.glyph[i]>>8), byte(fc.glyph[i])
	}
	cids := f.stream("", shapes)
	cid := f.add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW 500 /W [1 [%s]] /CIDToGIDMap %d 0 R >>",
		name, desc, strings.Join(widths, " "), cids))
	uni := f.stream("", []byte(fc.toUnicode()))
	return f.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", name, cid, uni)), nil
}

// toUnicode says which rune each code stands for.
func (fc *face) toUnicode() string {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for from := 0; from < len(fc.runes); from += 100 {
		to := min(from+100, len(fc.runes))
		fmt.Fprintf(&b, "%d beginbfchar\n", to-from)
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "<%04X> <", i+1)
			for _, u := range utf16.Encode([]rune{fc.runes[i]}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.String()
}

// num writes a length in points with at most two decimals.
func num(v float64) string {
	s := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
