package records

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/fault"
	"consilium/internal/records"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: the portals from which this installation may fetch, and how
// each stands.

type portalRow struct {
	actions.Portal
	State records.PortalState
	Pull  records.Pull
	URL   string
}

// portalRows lists the portals. One that the operator has taken off the list stands
// there as long as its token may be forgotten.
func portalRows(v *web.Visit) ([]portalRow, error) {
	stands, err := v.House.Connections(v.Case)
	if err != nil {
		return nil, err
	}
	var rows []portalRow
	for _, c := range stands {
		row := portalRow{Portal: actions.Portal{ID: c.Portal}, State: c.State, URL: v.URL("records.portal", c.Portal)}
		i := slices.IndexFunc(v.House.PortalList(), func(p actions.Portal) bool { return p.ID == c.Portal })
		switch {
		case i >= 0:
			row.Portal = v.House.PortalList()[i]
		case c.Secret == nil:
			continue
		default:
			row.Name = c.Portal
		}
		if at, err := time.Parse(time.RFC3339, c.At); c.State == records.PortalAsked && (err != nil || v.House.Now().Sub(at) >= records.AskFor) {
			row.State = "" // the time for signing in is over
		}
		if row.Pull, _, err = casefile.Read[records.Pull](v.Case, records.PullRef(c.Portal)); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// portalOf is the portal of the page.
func portalOf(v *web.Visit) (portalRow, error) {
	rows, err := portalRows(v)
	if err != nil {
		return portalRow{}, err
	}
	i := slices.IndexFunc(rows, func(r portalRow) bool { return r.ID == v.Item("portal") })
	if i < 0 {
		return portalRow{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return rows[i], nil
}

// The handlers.

func showPortals(v *web.Visit) error {
	rows, err := portalRows(v)
	if err != nil {
		return err
	}
	return v.Render(v.Say.T("records.portals.title"), portalsPage(v, rows))
}

// The handlers of one portal's page.

func showPortal(v *web.Visit) error {
	p, err := portalOf(v)
	if err != nil {
		return err
	}
	to, err := signInAt(v, p)
	if err != nil {
		return err
	}
	// The way out leads through here, so that the page itself points nowhere else and
	// holds nothing secret.
	if to != "" && v.R.URL.Query().Get("go") != "" {
		http.Redirect(v.W, v.R, to, http.StatusFound)
		return nil
	}
	// While records come in the page comes again by itself.
	if p.Pull.Started != "" && p.Pull.Ended == "" {
		v.W.Header().Set("Refresh", "4")
	}
	return v.Render(v.Say.T("records.portal.title", "portal", p.Name), portalPage(v, ui.NewForm(v.Say, nil), p, to))
}

func savePortal(v *web.Visit) error {
	p, err := portalOf(v)
	if err != nil {
		return err
	}
	switch v.Form.Get("do") {
	case "connect":
		err = v.House.ConnectPortal(v.Context(), v.Who, v.Case, p.ID)
	case "pull":
		err = v.House.PullPortal(v.Context(), v.Who, v.Case, p.ID)
	case "forget":
		err = v.House.ForgetPortal(v.Context(), v.Who, v.Case, p.ID)
	default:
		err = fault.New(fault.Invalid, "form.required").On("do")
	}
	switch fault.KindOf(err) {
	case fault.Internal, fault.Damaged, fault.Full, fault.Forbidden, fault.NotFound:
		if err != nil {
			return err
		}
		return v.Go("records.portal", p.ID)
	}
	// What the portal answered stands above its own page: the person may try again.
	f := ui.NewForm(v.Say, url.Values{}).Failed(err)
	return v.RenderAs(web.Status(err), v.Say.T("records.portal.title", "portal", p.Name), portalPage(v, f, p, ""))
}

// signInAt is where the person signs in; "" when they are not about to.
func signInAt(v *web.Visit, p portalRow) (string, error) {
	if p.State != records.PortalAsked {
		return "", nil
	}
	return v.House.PortalSignIn(v.Context(), v.Who, v.Case, p.ID)
}
