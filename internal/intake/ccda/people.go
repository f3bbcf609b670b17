package ccda

import "strings"

// who gives the name of the first person or else organisation that takes part in
// one of these ways: author, performer, informant.
func (r *reader) who(n int32, ways ...string) string {
	t := r.t
	for _, way := range ways {
		found := ""
		t.all(n, way, func(_ int, c int32) {
			if found == "" {
				found = t.party(c)
			}
		})
		if found != "" {
			return found
		}
	}
	return ""
}

// party names a participant: the person, else the device, else the organisation.
func (t *tree) party(n int32) string {
	for _, name := range []string{"assignedAuthor", "assignedEntity", "relatedEntity", "associatedEntity", "assignedCustodian", "responsibleParty"} {
		c := t.child(n, name)
		if c == 0 {
			continue
		}
		if name == "responsibleParty" {
			return t.party(c)
		}
		for _, who := range []string{"assignedPerson", "relatedPerson", "associatedPerson"} {
			if s := t.person(t.child(t.child(c, who), "name")); s != "" {
				return s
			}
		}
		if s := t.line(t.down(c, "assignedAuthoringDevice", "softwareName")); s != "" {
			return s
		}
		if s := t.attr(t.down(c, "assignedAuthoringDevice", "softwareName"), "displayName"); s != "" {
			return s
		}
		for _, where := range []string{"representedOrganization", "representedCustodianOrganization", "scopingOrganization"} {
			if s := t.line(t.down(c, where, "name")); s != "" {
				return s
			}
		}
	}
	return ""
}

// person gives a name in the order it is written in, with titles.
func (t *tree) person(n int32) string {
	if n == 0 || t.null(n) != "" {
		return ""
	}
	var parts []string
	for c := t.nodes[n].first; c != 0 && len(parts) < 20; c = t.nodes[c].next {
		switch t.name(c) {
		case "validTime":
		case "":
			m := &t.nodes[c]
			parts = append(parts, plain(t.s[m.start:min(m.end, m.start+maxText)]))
		default:
			parts = append(parts, t.line(c))
		}
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}
