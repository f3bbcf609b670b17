package clinical

import "slices"

// Study is one imaging study.
type Study struct {
	UID         string   `json:"study_uid"`
	Modality    []string `json:"modality"` // DICOM codes, such as "CT"
	Date        string   `json:"date,omitempty"`
	Description string   `json:"description,omitempty"`
	Series      int      `json:"series"`
	Instances   int      `json:"instances"`
	SeriesUIDs  []string `json:"series_uids,omitempty"` // when the files themselves were seen
}

// MergeStudies puts together what several files say about the same studies, in
// the order in which each study is first seen. Files of one study add up; a
// series that several files belong to counts once.
func MergeStudies(all []Study) []Study {
	var out []Study
	at := map[string]int{}
	seen := map[string]bool{}
	for _, s := range all {
		i, known := at[s.UID]
		if !known || s.UID == "" {
			s.Modality, s.SeriesUIDs = slices.Clone(s.Modality), slices.Clone(s.SeriesUIDs)
			for _, u := range s.SeriesUIDs {
				seen[s.UID+"\x00"+u] = true
			}
			if s.UID != "" {
				at[s.UID] = len(out)
			}
			out = append(out, s)
			continue
		}
		m := &out[i]
		m.Instances += s.Instances
		for _, mod := range s.Modality {
			if !slices.Contains(m.Modality, mod) {
				m.Modality = append(m.Modality, mod)
			}
		}
		for _, u := range s.SeriesUIDs {
			if key := s.UID + "\x00" + u; !seen[key] {
				seen[key] = true
				m.SeriesUIDs = append(m.SeriesUIDs, u)
			}
		}
		m.Series = max(m.Series, s.Series, len(m.SeriesUIDs))
		if m.Date == "" {
			m.Date = s.Date
		}
		if m.Description == "" {
			m.Description = s.Description
		}
	}
	return out
}
