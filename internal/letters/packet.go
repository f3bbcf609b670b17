package letters

import (
	_ "embed"
	"strconv"
	"strings"
)

// PacketIn is what the pages for people in a full packet are made of.
type PacketIn struct {
	Today    string // YYYY-MM-DD
	Patient  Patient
	Files    []PacketFile
	LeftOut  []PacketLeft
	Timeline []Line // oldest first
}

// PacketFile is one original.
type PacketFile struct {
	Number int
	Name   string
	Path   string // where it lies in the packet
	Kind   string // what its bytes are, as the reader of records names it
	From   string
	Date   string
	Note   string
	Size   int64 // bytes
	Pages  int
	Facts  int
	SHA256 string
}

// PacketLeft counts what is not in the packet.
type PacketLeft struct {
	Why   string // chosen, not_patient
	Files int
}

//go:embed packet.en.json
var packetEN []byte

//go:embed packet.es.json
var packetES []byte

var packetTexts = map[string]map[string]string{"en": readTexts(packetEN), "es": readTexts(packetES)}

// packetLines is the most lines of the timeline that are printed: the rest is in the
// files for machines.
const packetLines = 1500

// packetFiles is the most files that are listed one by one on paper.
const packetFiles = 600

// PacketCover gives the pages of a packet for people, but for the brief: the cover
// with its contents, what is known of each file, and the timeline.
func PacketCover(in PacketIn, lang string) []Letter {
	if lang != "es" {
		lang = "en"
	}
	p := packetPages{in: in, lang: lang, t: packetTexts[lang]}
	pages := []Letter{p.cover(), p.files()}
	if len(in.Timeline) > 0 {
		pages = append(pages, p.timeline())
	}
	return pages
}

type packetPages struct {
	in   PacketIn
	lang string
	t    map[string]string
}

func (p packetPages) say(key string, kv ...string) string {
	s, ok := p.t[key]
	if !ok {
		return key
	}
	pairs := make([]string, 0, len(kv))
	for i := 0; i+1 < len(kv); i += 2 {
		pairs = append(pairs, "{"+kv[i]+"}", strings.TrimSpace(kv[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// page begins a letter that is from nobody to nobody.
func (p packetPages) page(kind, subject string) *writer {
	w := newWriter(kind, p.lang, Patient{}, p.in.Today)
	w.letter.From, w.letter.Subject = Address{}, subject
	return w
}

func (p packetPages) cover() Letter {
	who := p.in.Patient.Name
	w := p.page("packet", p.say("title", "patient", who))
	rows := [][]string{{p.say("patient"), who}}
	if b := Day(p.in.Patient.BirthDate, p.lang); b != "" {
		rows = append(rows, []string{p.say("born"), b})
	}
	rows = append(rows, []string{p.say("made"), Day(p.in.Today, p.lang)}, []string{p.say("originals"), strconv.Itoa(len(p.in.Files))})
	w.add(Block{Sort: Table, Rows: rows})
	w.add(Block{Sort: Notice, Text: p.say("private")})
	w.add(Block{Sort: Heading, Text: p.say("inside")})
	w.list(List, []string{p.say("inside.pdf"), p.say("inside.ips"), p.say("inside.originals"), p.say("inside.log"), p.say("inside.manifest")})
	w.para(p.say("verify"))
	if len(p.in.LeftOut) > 0 {
		w.add(Block{Sort: Heading, Text: p.say("left")})
		var left []string
		for _, l := range p.in.LeftOut {
			left = append(left, p.say("left."+l.Why, "n", strconv.Itoa(l.Files)))
		}
		w.list(List, left)
	}
	w.para(p.say("facts"))
	return w.letter
}

func (p packetPages) files() Letter {
	w := p.page("packet_files", p.say("contents"))
	if len(p.in.Files) == 0 {
		w.para(p.say("no_files"))
	}
	for i, f := range p.in.Files {
		if i == packetFiles {
			w.para(p.say("more_files", "n", strconv.Itoa(len(p.in.Files)-i)))
			break
		}
		w.add(Block{Sort: Heading, Text: strconv.Itoa(f.Number) + ". " + f.Name, Anchor: Source{File: f.SHA256}.Anchor()})
		var rows [][]string
		add := func(key, value string) {
			if value != "" {
				rows = append(rows, []string{p.say("file." + key), value})
			}
		}
		add("path", p.say("placed", "path", f.Path, "n", thousands(f.Size)))
		add("from", f.From)
		add("date", Day(f.Date, p.lang))
		if f.Pages > 0 {
			add("pages", strconv.Itoa(f.Pages))
		}
		if f.Facts > 0 {
			add("facts", strconv.Itoa(f.Facts))
		}
		add("note", f.Note)
		add("hash", f.SHA256[:min(32, len(f.SHA256))]+" "+f.SHA256[min(32, len(f.SHA256)):])
		w.add(Block{Sort: Table, Rows: rows})
	}
	return w.letter
}

// thousands writes a number as people in the United States do in both languages.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (p packetPages) timeline() Letter {
	w := p.page("packet_timeline", p.say("timeline"))
	lines := p.in.Timeline
	if n := len(lines) - packetLines; n > 0 {
		w.para(p.say("earlier", "n", strconv.Itoa(n)))
		lines = lines[n:]
	}
	var rows [][]string
	var from []Source
	for _, l := range lines {
		what := l.Text
		if l.Detail != "" {
			what += ": " + l.Detail
		}
		if r := []rune(what); len(r) > 300 {
			what = string(r[:300]) + "…"
		}
		rows = append(rows, []string{Day(l.Date[:min(10, len(l.Date))], p.lang), what})
		from = append(from, l.From)
	}
	w.add(Block{Sort: Table, Head: []string{p.say("timeline.date"), p.say("timeline.what")}, Rows: rows, Sources: from})
	return w.letter
}
