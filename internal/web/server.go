package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"consilium/internal/actions"
	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/journey"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// maxForm is the most that a posted form may weigh, in bytes. Files do not come
// this way: their pages are Raw and stream.
const maxForm = 1 << 20

// Doors knows who is signed in, and keeps what a person typed while their session
// was lost.
type Doors interface {
	// Who tells whose session the request carries.
	Who(r *http.Request) (casefile.Person, bool)
	// Ask sends whoever is not signed in to sign in, and back here afterwards; a
	// posted form is kept for them, sealed, and offered again.
	Ask(w http.ResponseWriter, r *http.Request, form url.Values)
	// Routes adds the pages for signing in and out and for the account.
	Routes(mux *http.ServeMux)
	// Wrap loads the session of every request.
	Wrap(http.Handler) http.Handler
}

// Server answers every request of a person with a browser.
type Server struct {
	house *actions.House
	words *text.Words
	doors Doors
	log   *slog.Logger
	mux   *http.ServeMux
	call  map[string]func(v *Visit, item string) string // by step
}

// Config is what a server is made of.
type Config struct {
	House *actions.House
	Words *text.Words
	Doors Doors
	Log   *slog.Logger
	Steps []Step
}

// New builds the server. A page that is not on the journey's map is an error:
// nothing is served by accident.
func New(c Config) (*Server, error) {
	s := &Server{house: c.House, words: c.Words, doors: c.Doors, log: c.Log, mux: http.NewServeMux(), call: map[string]func(*Visit, string) string{}}
	for _, step := range c.Steps {
		if step.Call != nil {
			s.call[step.ID] = step.Call
		}
		for _, p := range step.Pages {
			if _, of, ok := journey.PageOf(p.ID); !ok || of.ID != step.ID {
				return nil, fmt.Errorf("page %s is not on the journey's map of step %s", p.ID, step.ID)
			}
			s.route(p)
		}
	}
	s.mux.Handle("GET /assets/", ui.Assets())
	s.mux.HandleFunc("GET /language/{lang}", s.language)
	s.mux.HandleFunc("GET /notices", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, ui.Notices())
	})
	s.mux.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	s.mux.Handle("GET /{$}", s.signedIn(s.cases))
	s.mux.Handle("POST /cases", s.signedIn(s.newCase))
	s.mux.Handle("GET "+actions.PortalBack, s.signedIn(s.portalBack))
	s.mux.Handle("GET /case/{case}", s.inCase("", s.home))
	s.mux.Handle("GET /case/{case}/log", s.inCase("", s.caseLog))
	s.mux.Handle("GET /case/{case}/calendar.ics", s.inCase("", s.calendar))
	s.mux.Handle("/", http.HandlerFunc(s.notFound))
	c.Doors.Routes(s.mux)
	return s, nil
}

// Handler is the whole door: limits, headers and sessions around the pages.
func (s *Server) Handler() http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(s.visit(w, r), fault.New(fault.Forbidden, "fault.cross_origin"))
	}))
	return s.recovered(headers(cross.Handler(s.doors.Wrap(s.mux))))
}

// route adds the methods that a page has.
func (s *Server) route(p Page) {
	path := "/case/{case}/" + strings.ReplaceAll(p.ID, ".", "/")
	if p.Item != "" {
		path += "/" + p.Item
	}
	methods := []string{http.MethodGet, http.MethodPost}
	for m := range p.More {
		methods = append(methods, m)
	}
	for _, m := range methods {
		h := p.handler(m)
		if h == nil {
			continue
		}
		s.mux.Handle(m+" "+path, s.page(p, m, h))
	}
}

// page wraps one method of a page of the journey: it must be open to this person
// in this case.
func (s *Server) page(p Page, method string, h func(*Visit) error) http.Handler {
	row, step, _ := journey.PageOf(p.ID)
	verb := row.Show
	if method != http.MethodGet {
		verb = row.Save
	}
	return s.wrap(p.ID, p.Raw, func(v *Visit) error {
		if err := s.load(v); err != nil {
			return err
		}
		if err := v.House.May(v.Context(), v.Who, v.Case, verb); err != nil {
			return err
		}
		if !row.Any && journey.Stands(v.Case, step.ID) == journey.Locked {
			if method != http.MethodGet {
				// Sending the person on would tell their browser that the form is safe.
				return fault.New(fault.Forbidden, "fault.locked")
			}
			if next := journey.Next(v.Case); next != "" && next != step.ID {
				return v.Go(next)
			}
			return v.Go("")
		}
		return h(v)
	})
}

// inCase wraps a page of the case that is not a step: its home, its log.
func (s *Server) inCase(id string, h func(*Visit) error) http.Handler {
	return s.wrap(id, false, func(v *Visit) error {
		if err := s.load(v); err != nil {
			return err
		}
		if err := v.House.May(v.Context(), v.Who, v.Case, consent.See); err != nil {
			return err
		}
		return h(v)
	})
}

// signedIn wraps a page outside any case.
func (s *Server) signedIn(h func(*Visit) error) http.Handler { return s.wrap("", false, h) }

func (s *Server) load(v *Visit) (err error) {
	v.Case, err = v.House.Load(v.Context(), v.Who, casefile.ID(v.R.PathValue("case")))
	return err
}

// wrap is the one way in: it knows the person, reads the form, and turns a fault
// into a page.
func (s *Server) wrap(page string, raw bool, h func(*Visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := s.visit(w, r)
		v.page = page
		if !raw && r.Method == http.MethodPost {
			if err := readForm(w, r, maxForm); err != nil {
				s.fail(v, err)
				return
			}
			v.Form = r.PostForm
		}
		if v.Who == "" {
			s.doors.Ask(w, r, v.Form)
			return
		}
		if err := h(v); err != nil {
			s.fail(v, err)
		}
	})
}

func (s *Server) visit(w http.ResponseWriter, r *http.Request) *Visit {
	who, _ := s.doors.Who(r)
	return &Visit{W: w, R: r, House: s.house, Who: who, Say: s.words.In(Language(r)), Form: url.Values{}}
}

// language keeps the language that a person chose in a cookie and goes back.
func (s *Server) language(w http.ResponseWriter, r *http.Request) {
	lang := r.PathValue("lang")
	if lang != "en" && lang != "es" {
		s.notFound(w, r)
		return
	}
	keepLanguage(w, lang)
	http.Redirect(w, r, local(r.URL.Query().Get("back")), http.StatusSeeOther)
}

// keepLanguage lets the browser remember the language for a year.
func keepLanguage(w http.ResponseWriter, lang string) {
	http.SetCookie(w, &http.Cookie{Name: "lang", Value: lang, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// Language is the one that the person chose, or their browser's, or English.
func Language(r *http.Request) string {
	if c, err := r.Cookie("lang"); err == nil && (c.Value == "en" || c.Value == "es") {
		return c.Value
	}
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch lang, _, _ := strings.Cut(strings.ToLower(tag), "-"); lang {
		case "en", "es":
			return lang
		}
	}
	return "en"
}
