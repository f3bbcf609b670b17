package dicom

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"consilium/internal/clinical"
)

const maxRecords = 100_000

// directoryRecords reads the records of a DICOMDIR, each into its own header.
func (r *reader) directoryRecords(e element) (int64, error) {
	return r.c.items(e, 0, func(at, end int64, inner *cursor, depth int) (int64, error) {
		h := header{values: map[tag][]byte{}, order: inner.order, at: at - 8}
		next, err := inner.elements(at, end, depth, func(e element) (int64, error) {
			if !wanted(e.tag) {
				return 0, nil
			}
			v, err := inner.value(e)
			if err == nil {
				h.values[e.tag] = bytes.Clone(v)
			}
			return 0, err
		})
		if len(r.records) < maxRecords {
			r.records = append(r.records, h)
		}
		return next, err
	})
}

// inOrder gives the records in the order patient, study, series, image, by the
// links that they hold, from those that no other leads to. Where the links go in
// circles, the order is that of the file.
func (r *reader) inOrder() (out []header, byLinks bool) {
	at, led := map[int64]int{}, map[int64]bool{}
	for i, h := range r.records {
		at[h.at] = i
		led[h.number(tagNextRecord)], led[h.number(tagLowerRecord)] = true, true
	}
	visited := make([]bool, len(r.records))
	var stack []int64 // the next record of each level
	for i, h := range r.records {
		if led[h.at] && h.at != 0 {
			continue
		}
		for stack = append(stack[:0], r.records[i].at); len(stack) > 0; {
			top := len(stack) - 1
			j, ok := at[stack[top]]
			if stack[top] == 0 || !ok || visited[j] {
				stack = stack[:top]
				continue
			}
			visited[j] = true
			out = append(out, r.records[j])
			stack[top] = r.records[j].number(tagNextRecord)
			if len(stack) < maxNesting {
				stack = append(stack, r.records[j].number(tagLowerRecord))
			}
		}
	}
	first, ok := at[r.h.number(tagFirstRecord)]
	if slices.Contains(visited, false) {
		return r.records, false
	}
	return out, ok && !led[r.records[first].at]
}

// directory says which studies a disc holds, and gives the files that it lists.
func (r *reader) directory() []string {
	r.out.Title = "DICOMDIR"
	records, byLinks := r.inOrder()
	var all []clinical.Patient
	var listed []string
	var charset string
	study := -1
	for _, h := range records {
		if c := h.charset(); c != "" {
			charset = c
		} else if charset != "" {
			h.values[tagCharset] = []byte(charset)
		}
		if len(h.values[tagInUse]) > 0 && h.number(tagInUse) == 0 {
			continue // a record that was taken out
		}
		switch kind := h.ascii(tagRecordType); kind {
		case "PATIENT":
			if p := patient(h); p != nil {
				all = append(all, *p)
			}
			study = -1
		case "STUDY":
			r.out.Studies = append(r.out.Studies, clinical.Study{
				UID: h.ascii(tagStudyUID), Modality: []string{},
				Date: clinical.DateFromHL7(h.ascii(tagStudyDate)), Description: h.text(tagDescription), Accession: h.text(tagAccession),
			})
			study = len(r.out.Studies) - 1
		case "SERIES":
			if study >= 0 {
				seriesOf(&r.out.Studies[study], h)
			}
		default:
			if study >= 0 && kind != "" && h.ascii(tagFileID) != "" {
				r.out.Studies[study].Instances++
			}
		}
		if id := h.ascii(tagFileID); id != "" {
			parts := strings.Split(id, `\`)
			for i := range parts {
				parts[i] = strings.TrimSpace(parts[i])
			}
			listed = append(listed, strings.Join(parts, "/"))
		}
	}
	if len(all) > 0 {
		r.out.Patient = &all[0]
	}
	if len(all) > 1 {
		r.out.Patients = all
		r.say(clinical.Warning, "patients")
	}
	switch {
	case len(listed) == 0:
		r.say(clinical.Warning, "directory_empty")
	case !byLinks:
		r.say(clinical.Note, "directory_links")
	}
	if len(listed) > 0 {
		r.say(clinical.Note, "directory_only")
	}
	return listed
}

func seriesOf(s *clinical.Study, h header) {
	s.Series++
	if uid := h.ascii(tagSeriesUID); uid != "" {
		s.SeriesUIDs = append(s.SeriesUIDs, uid)
	}
	if m := h.ascii(tagModality); m != "" && !slices.Contains(s.Modality, m) {
		s.Modality = append(s.Modality, m)
	}
}

// Missing holds what a DICOMDIR lists against the files that came with it. listed
// is Seen.Listed; here are the files' names from the DICOMDIR's own folder. The
// answer is nil when every one is there. Letter case, the version mark of a disc
// (";1") and a last dot make no difference.
func Missing(listed, here []string) *clinical.Issue {
	have := map[string]bool{}
	for _, name := range here {
		have[onDisc(name)] = true
	}
	missing := 0
	for _, name := range listed {
		if !have[onDisc(name)] {
			missing++
		}
	}
	if missing == 0 {
		return nil
	}
	i := with(issue(clinical.Error, "images_missing"), strconv.Itoa(missing))
	return &i
}

// Repeated is the issue of an image that is here a second time.
func Repeated() clinical.Issue { return issue(clinical.Note, "repeated") }

func onDisc(name string) string {
	name = strings.ToUpper(strings.ReplaceAll(name, `\`, "/"))
	if i := strings.LastIndexByte(name, ';'); i > 0 {
		name = name[:i]
	}
	return strings.TrimSuffix(name, ".")
}
