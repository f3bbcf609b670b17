package decide

import (
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/letters"
	"consilium/internal/opinion"
	"consilium/internal/web"
)

// What the page shows: what closing means, what is still open, and the one button.

type closing struct {
	Closed     bool
	Decided    bool
	Written    bool
	Unanswered int // questions of the patient that a doctor has not fully answered
}

func lookClose(v *web.Visit) (closing, error) {
	d, _, err := v.House.DecisionSoFar(v.Case)
	if err != nil {
		return closing{}, err
	}
	_, answer, err := v.House.Comparison(v.Case, v.Lang())
	if err != nil && !fault.Is(err, fault.NotFound) {
		return closing{}, err
	}
	_, decided := d.Choice()
	return closing{
		Closed: v.Case.State == casefile.Closed, Decided: decided,
		Written: v.Case.Has(letters.Ref(opinion.First)), Unanswered: len(answer.Unanswered),
	}, nil
}

// The handlers.

func showClose(v *web.Visit) error {
	w, err := lookClose(v)
	if err != nil {
		return err
	}
	title := "decide.close.title"
	if w.Closed {
		title = "decide.close.closed"
	}
	return v.Render(v.Say.T(title), closePage(v, w))
}

// saveClose closes or opens, as the form says; what it says otherwise is refused.
func saveClose(v *web.Visit) error {
	if err := v.House.CloseCase(v.Context(), v.Who, v.Case, casefile.State(v.Form.Get("state"))); err != nil {
		return err
	}
	return v.Go("")
}
