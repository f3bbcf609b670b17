package web

import (
	"net/http"

	"consilium/internal/actions"
)

// portalBack takes a person back from a patient portal at which they signed in. The
// answer leads on at once, so that the code that the portal sent stands in no
// history; what became of it stands on the portal's own page.
func (s *Server) portalBack(v *Visit) error {
	q := v.R.URL.Query()
	id, portal, err := v.House.EndSignIn(v.Context(), v.Who, actions.PortalAnswer{State: q.Get("state"), Code: q.Get("code"), Error: q.Get("error"), Issuer: q.Get("iss")})
	if err != nil {
		return err
	}
	http.Redirect(v.W, v.R, caseURL(id, "records.portal", portal), http.StatusSeeOther)
	return nil
}
