package link

import (
	"context"
	"net/http"

	"github.com/a-h/templ"
)

func withBody(r *http.Request, body templ.Component) context.Context {
	return templ.WithChildren(r.Context(), body)
}
