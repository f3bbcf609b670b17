package appeal

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"consilium/internal/actions"
	"consilium/internal/appeal"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: what the plan answered. A yes ends it; another no is a letter
// of its own, and goes on from here with all that is known.

var replies = []string{"won", "partly", "refused", "dropped", "open"}

func replySheet(v *web.Visit, d appeal.Denial) web.Sheet {
	return web.Sheet{
		Title:  v.Say.T("appeal.reply.title"),
		Fields: []web.Named{{Name: "reply", Label: v.Say.T("appeal.reply.ask")}},
		Saved: func(c *casefile.Case) (url.Values, casefile.Version, error) {
			f := url.Values{}
			if d.Settled != "" {
				f.Set("reply", d.Settled)
			}
			return f, c.Version(appeal.Ref(d.ID)), nil
		},
		Draw: func(f ui.Form) templ.Component { return replyPage(v, f, d) },
	}
}

// The handlers.

func showReply(v *web.Visit) error {
	d, err := actions.DenialOf(v.Case, v.Item("id"))
	if err != nil {
		return err
	}
	return v.ShowSheet(replySheet(v, d))
}

func saveReply(v *web.Visit) error {
	d, err := actions.DenialOf(v.Case, v.Item("id"))
	if err != nil {
		return err
	}
	reply, err := readReply(v.Form)
	if err == nil && reply == "refused" {
		http.Redirect(v.W, v.R, v.URL("appeal.denial", "new")+"?after="+url.QueryEscape(d.ID), http.StatusSeeOther)
		return nil
	}
	if err == nil {
		if reply == "open" {
			reply = "" // nothing is settled yet
		}
		err = v.House.SettleDenial(v.Context(), v.Who, v.Case, d.ID, reply, v.Version())
	}
	if err != nil {
		return v.Again(replySheet(v, d), err)
	}
	return v.Go("appeal.answer", d.ID)
}

// The form and its validation.

func readReply(form url.Values) (string, error) {
	reply := form.Get("reply")
	switch {
	case reply == "":
		return "", fault.New(fault.Invalid, "form.required").On("reply")
	case !slices.Contains(replies, reply):
		return "", fault.New(fault.Invalid, "form.choice").On("reply")
	}
	return reply, nil
}
