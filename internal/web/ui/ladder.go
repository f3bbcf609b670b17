package ui

// Ladder is the levels of an appeal, from the first to the last: where the person
// stands, how long they have at each, and how long the other side has.
type Ladder struct {
	Title  string
	Yours  string // heading of the person's own time
	Theirs string // heading of the time of whoever decides
	Level  string // heading of the level
	Table  string // what the same as a table is called
	Rungs  []Rung
}

// Rung is one level. The times are in words; the days beside them are only for the
// drawing, 0 where there is nothing to draw.
type Rung struct {
	Name      string
	Tag       string // the state in words: "Your next step"
	State     State  // Done, Next or Locked
	Text      string
	Yours     string // "180 days from the letter"; or that nothing is to be sent
	YourDays  int
	By        string // the day to keep, in words; "" where it is not known yet
	Theirs    string
	TheirDays int
}

// longest is the most days that a rung takes: the whole width of the drawing.
func (l Ladder) longest() int {
	most := 1
	for _, r := range l.Rungs {
		most = max(most, r.YourDays+r.TheirDays)
	}
	return most
}

// ladderBar is where a time begins and how wide it is drawn, of 1000.
type ladderBar struct{ At, Wide int }

func (l Ladder) bars(r Rung) (yours, theirs ladderBar) {
	wide := func(days int) int {
		if days == 0 {
			return 0
		}
		return max(6, 1000*days/l.longest())
	}
	yours = ladderBar{0, wide(r.YourDays)}
	theirs = ladderBar{yours.Wide, min(wide(r.TheirDays), 1000-yours.Wide)}
	return yours, theirs
}

// table is the same as rows.
func (l Ladder) table() Table {
	t := Table{Title: l.Title, Heads: []string{l.Level, l.Yours, l.Theirs}}
	for _, r := range l.Rungs {
		yours := r.Yours
		if r.By != "" {
			yours += " (" + r.By + ")"
		}
		t.Rows = append(t.Rows, []Cell{{Text: r.Name + " · " + r.Tag}, {Text: yours}, {Text: r.Theirs}})
	}
	return t
}
