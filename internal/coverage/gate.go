package coverage

import "slices"

// Gate tells whether a visit may be booked. Two tracks run side by side and both must
// be ready: what the plan asks for, and the records. One without the other is a bill
// or a visit for nothing.
type Gate struct {
	Authorization Track  `json:"authorization" enum:"ready,waiting,not_needed,unknown"`
	Records       Track  `json:"records" enum:"ready,waiting,not_needed,unknown"`
	Behind        string `json:"behind" enum:"none,authorization,records,both" doc:"which track holds up the visit"`
	PlanNext      string `json:"authorization_next" doc:"id of the next step on that track; call: ask the plan first"`
	RecordsNext   string `json:"records_next" doc:"collect or send"`
}

// Track is how far one of the two is.
type Track string

// The states of a track. Unknown is not a no: a call must come first.
const (
	TrackReady     Track = "ready"
	TrackWaiting   Track = "waiting"
	TrackNotNeeded Track = "not_needed"
	TrackUnknown   Track = "unknown"
)

// Stand is what a case has so far.
type Stand struct {
	Done    []string // ids of the steps that are done
	Records int      // how many records the case holds
}

// Open tells whether nothing stands before the visit.
func (g Gate) Open() bool { return g.Behind == "none" }

// asksOfPlan are the steps on the track of the plan, in no order of their own.
var asksOfPlan = []string{"referral", "network", "medicare_status", "network_exception", "pre_authorization", "written_decision"}

// GateFor gives both tracks for what a case has. In an emergency there is no gate.
func (a Answer) GateFor(s Stand) Gate {
	g := Gate{Authorization: TrackNotNeeded, Records: TrackNotNeeded, Behind: "none"}
	emergency := slices.ContainsFunc(a.Steps, func(t Step) bool { return t.ID == "emergency" })
	if emergency {
		return g
	}
	for _, t := range a.Steps {
		done := slices.Contains(s.Done, t.ID)
		switch {
		case t.ID == "records" && done:
			g.Records = TrackReady
		case t.ID == "records":
			g.Records, g.RecordsNext = TrackWaiting, "send"
			if s.Records == 0 {
				g.RecordsNext = "collect"
			}
		case !slices.Contains(asksOfPlan, t.ID):
		case !done && g.Authorization != TrackWaiting:
			g.Authorization, g.PlanNext = TrackWaiting, t.ID
		case done && g.Authorization == TrackNotNeeded:
			g.Authorization = TrackReady
		}
	}
	if a.Referral == "unknown" || a.PriorAuthorization == "unknown" {
		g.Authorization, g.PlanNext = TrackUnknown, "call"
	}
	plan := g.Authorization == TrackWaiting || g.Authorization == TrackUnknown
	switch records := g.Records == TrackWaiting; {
	case plan && records:
		g.Behind = "both"
	case plan:
		g.Behind = "authorization"
	case records:
		g.Behind = "records"
	}
	return g
}
