package ui_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"consilium/internal/fault"
	"consilium/internal/finding"
	"consilium/internal/web/text"
	"consilium/internal/web/ui"
)

// policy is the content policy that every page is served with.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// speaker gives the common words in a language, and fails the test at its end when
// a part asked for words that nobody wrote.
func speaker(t *testing.T, lang string) text.Speaker {
	t.Helper()
	w, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if m := w.Missing(); len(m) > 0 {
			t.Errorf("words are missing: %v", m)
		}
	})
	return w.In(lang)
}

// render draws a part.
func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// both calls f with the words in its language: the gallery's own words, which are
// not the product's, stand in the test.
func both(s ui.Speaker) func(en, es string) string {
	return func(en, es string) string {
		if s.Lang() == "es" {
			return es
		}
		return en
	}
}

func frame(s ui.Speaker) ui.Frame {
	steps := []ui.StepLink{}
	for i, id := range []string{"start", "need", "coverage", "expert", "records", "prepare", "opinion", "compare", "decide"} {
		st := []ui.State{ui.Done, ui.Done, ui.Current, ui.Next, ui.Next, ui.Locked, ui.Locked, ui.Locked, ui.Locked}[i]
		steps = append(steps, ui.StepLink{ID: id, Label: s.T("step." + id), Href: "/case/x/" + id, State: st})
	}
	return ui.Frame{
		Speaker: s, Title: s.T("step.coverage"), OtherHref: "?lang=" + s.T("language.other_code"),
		Home: "/", SignedIn: true, SignOut: "/sign-out", Account: "/account", Steps: steps,
		Scripts: []string{"upload.js", "passkey.js"},
	}
}

// pages are the gallery: every part, in a page each as it would really stand.
func pages(s ui.Speaker) map[string]templ.Component {
	return map[string]templ.Component{
		"form":    page(frame(s), formParts(s)...),
		"failed":  page(frame(s), failedParts(s)...),
		"reading": page(frame(s), readingParts(s)...),
		"figures": page(frame(s), figureParts(s)...),
		"home":    page(bare(s), homeParts(s)...),
		"urgent":  page(bare(s), urgentParts(s)...),
	}
}

// bare is a page without steps.
func bare(s ui.Speaker) ui.Frame {
	f := frame(s)
	f.Steps, f.Title = nil, s.T("site.name")
	return f
}

// page puts parts into the layout.
func page(f ui.Frame, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Layout(f).Render(templ.WithChildren(ctx, templ.Join(parts...)), w)
	})
}

// inside puts children into a part.
func inside(parent templ.Component, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, templ.Join(parts...)), w)
	})
}

// formOf wraps fields in a form.
func formOf(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := w.Write([]byte(`<form method="post" action="/case/x/coverage" novalidate>`)); err != nil {
			return err
		}
		if err := templ.Join(parts...).Render(ctx, w); err != nil {
			return err
		}
		_, err := w.Write([]byte(`</form>`))
		return err
	})
}

func fields(s ui.Speaker, f ui.Form) []templ.Component {
	w := both(s)
	return []templ.Component{
		ui.Version(f),
		ui.Radios(f, ui.Field{Name: "kind", Label: w("What kind of plan do you have?", "¿Qué tipo de plan tiene?"), Hint: w("It often stands on the front of your card.", "Suele estar en el frente de su tarjeta."), Options: []ui.Option{
			{Value: "hmo", Label: "HMO", Hint: w("You choose one main doctor, who sends you to others.", "Usted elige un médico principal, que le envía a otros.")},
			{Value: "ppo", Label: "PPO", Hint: w("You can see a specialist without being sent.", "Puede ver a un especialista sin que le envíen.")},
			{Value: "unknown", Label: s.T("unknown")},
		}}),
		ui.TextField(f, ui.Field{Name: "plan_name", Label: w("Name of the plan", "Nombre del plan"), Width: ui.Long}),
		ui.TextField(f, ui.Field{Name: "npi", Label: w("Your doctor’s NPI number", "Número NPI de su médico"), Hint: w("Ten digits. You can look it up later.", "Diez cifras. Lo puede buscar después."), Optional: true, Width: ui.Medium, InputMode: "numeric"}),
		ui.DateField(f, ui.Field{Name: "wanted", Label: w("By when do you want to decide?", "¿Para cuándo quiere decidir?"), Hint: s.T("form.date.hint")}),
		ui.Select(f, ui.Field{Name: "state", Label: w("Where do you live?", "¿Dónde vive?"), Width: ui.Long, Options: []ui.Option{{Value: "CA", Label: "California"}, {Value: "MA", Label: "Massachusetts"}}}),
		ui.Radios(f, ui.Field{Name: "referral", Label: w("Has your doctor sent you?", "¿Le envió su médico?"), Inline: true, Options: []ui.Option{{Value: "yes", Label: s.T("yes")}, {Value: "no", Label: s.T("no")}, {Value: "unknown", Label: s.T("unknown")}}}),
		ui.Checkboxes(f, ui.Field{Name: "had", Label: w("What have you had so far?", "¿Qué le han hecho hasta ahora?"), Options: []ui.Option{{Value: "scan", Label: w("A scan, such as an MRI", "Una imagen, como una resonancia")}, {Value: "biopsy", Label: w("A biopsy", "Una biopsia")}}}),
		ui.TextArea(f, ui.Field{Name: "note", Label: w("Anything else we should keep in mind?", "¿Algo más que debamos saber?"), Optional: true, Max: 4000}),
		ui.FileField(f, ui.Field{Name: "card", Label: w("A photo of your card", "Una foto de su tarjeta"), Optional: true, Accept: ".pdf,.jpg,.png"}),
		inside(ui.Save(s, ""), ui.Button(s.T("button.save_stay"), "stay", "1"), ui.PlainLink(ui.Link{Label: s.T("button.back"), Href: "/case/x"})),
	}
}

func formParts(s ui.Speaker) []templ.Component {
	w := both(s)
	v := url.Values{"kind": {"hmo"}, "plan_name": {"Bay Care HMO"}, "had": {"scan"}}
	ui.SetDate(v, "wanted", "2026-12-15")
	f := ui.NewForm(s, v).At(3)
	return []templ.Component{
		ui.StepHead(s, ui.Head{Step: 3, Total: 9, Title: w("Will your plan pay?", "¿Pagará su plan?"), Lead: w("A few answers about your plan. We then tell you what to do before you book, and what to ask on the phone.", "Unas respuestas sobre su plan. Luego le decimos qué hacer antes de pedir cita y qué preguntar por teléfono.")}),
		formOf(fields(s, f)...),
	}
}

// failedValues are wrong in every field, and hostile.
var failedValues = url.Values{
	"kind": {"hmoo"}, "plan_name": {`"><script>alert(1)</script>`}, "npi": {"12"}, "wanted-month": {"2"}, "wanted-day": {"30"}, "wanted-year": {"2026"},
	"state": {"ZZ"}, "note": {"\n</textarea><b>first line was empty"},
}

func failed(s ui.Speaker) ui.Form {
	_, date := ui.ParseDate(failedValues, "wanted")
	bad := func(key, field string) *fault.Fault { return fault.New(fault.Invalid, key).On(field) }
	return ui.NewForm(s, failedValues).At(3).Failed(fault.Faults{
		bad("form.choice", "kind"), bad("form.text", "plan_name"), bad("form.npi", "npi"), date, bad("form.state", "state"),
		bad("form.required", "referral"), bad("form.required", "had"), bad("form.too_long", "note").With("max", "4000"), bad("form.file", "card"),
	})
}

func failedParts(s ui.Speaker) []templ.Component {
	f := failed(s)
	return append([]templ.Component{
		ui.ErrorSummary(f),
		ui.Conflict(s, []ui.Difference{{Label: "Plan", Saved: "PPO", Yours: "HMO"}, {Label: "Plan name", Saved: "", Yours: "Bay Care"}}),
		ui.StepHead(s, ui.Head{Step: 3, Total: 9, Title: s.T("step.coverage")}),
	}, formOf(fields(s, f)...))
}

func readingParts(s ui.Speaker) []templ.Component {
	w := both(s)
	sure := finding.Finding{Rule: "MED-01", Version: 1, Effect: "cover", Reason: w("Medicare pays for a second opinion before surgery that is not an emergency.", "Medicare paga una segunda opinión antes de una cirugía que no es urgente."), Citation: "42 CFR 410.20; Medicare Benefit Policy Manual, ch. 15, §30", Confidence: finding.Verified, From: "2003-10-01"}
	ask := finding.Finding{Rule: "STA-CA-1", Version: 2, Effect: "mandate", Reason: w("Your state may ask your plan to allow this visit.", "Su estado puede pedir a su plan que permita esta visita."), Citation: "Cal. Health & Safety Code §1383.15", Confidence: finding.Unverified}
	return []templ.Component{
		ui.StepHead(s, ui.Head{Step: 3, Total: 9, Title: w("What we found", "Lo que hallamos"), Lead: w("Your plan very likely pays. Two things must be done first.", "Es muy probable que su plan pague. Antes hay que hacer dos cosas.")}),
		ui.Alert(s, ui.Notice{Tone: ui.Success, Text: w("Your answers are saved.", "Sus respuestas están guardadas.")}),
		ui.Finding(s, ui.Reason{Finding: sure}),
		ui.Why(s, sure),
		ui.Finding(s, ui.Reason{Finding: ask, Who: w("your plan, at the number on your card", "su plan, al número de su tarjeta")}),
		ui.Alert(s, ui.Notice{Tone: ui.Warning, Title: w("Ask before you book", "Pregunte antes de pedir cita"), Text: w("Your plan may want to approve the visit first.", "Su plan puede querer aprobar antes la visita."), Links: []ui.Link{{Label: w("See the questions", "Ver las preguntas"), Href: "/case/x/call"}}}),
		ui.Alert(s, ui.Notice{Text: w("Most people hear back in two weeks.", "La mayoría recibe respuesta en dos semanas.")}),
		ui.SummaryList(s, []ui.Fact{{Label: w("Your plan", "Su plan"), Value: "Bay Care HMO", Change: "/a"}, {Label: w("Your doctor", "Su médico"), Value: "Dr. Leela Iyer\nBay Clinic", Change: "/b"}, {Label: "NPI", Change: "/c"}}),
		ui.Rows(ui.Table{Title: w("What to do, in order", "Qué hacer, en orden"), Heads: []string{w("What", "Qué"), w("Who", "Quién"), w("Before", "Antes de")}, Rows: [][]ui.Cell{
			{{Text: w("Get a referral", "Pedir que le envíen"), Href: "/r"}, {Text: w("You ask your doctor", "Usted pide a su médico")}, {Text: w("You book", "Pedir cita")}},
			{{Text: w("Get the plan’s approval", "Obtener el permiso del plan")}, {Text: w("The new doctor’s office", "La oficina del nuevo médico")}, {Text: w("The visit", "La visita")}},
		}}),
		ui.CallSheet(s, ui.Call{
			Title: w("Call your plan", "Llame a su plan"), Who: "Bay Care HMO", Phone: "1-800-555-0100",
			Say:       []string{w("I want a second opinion before surgery. I would like to know what my plan pays.", "Quiero una segunda opinión antes de una cirugía. Quisiera saber qué paga mi plan.")},
			Questions: []ui.Question{{Ask: w("Do I need a referral?", "¿Necesito que me envíen?"), Answer: w("Yes, from Dr. Ruiz.", "Sí, de la Dra. Ruiz.")}, {Ask: w("What will I pay?", "¿Cuánto pagaré?")}},
			Date:      "2026-11-22",
		}),
		ui.Print(s),
		inside(ui.Save(s, s.T("button.next")), ui.SecondLink(ui.Link{Label: s.T("button.back"), Href: "/b"})),
	}
}

func figureParts(s ui.Speaker) []templ.Component {
	w := both(s)
	return []templ.Component{
		ui.StepHead(s, ui.Head{Step: 8, Total: 9, Title: w("Your story and your opinions", "Su historia y sus opiniones")}),
		ui.TimelineList(s, ui.Timeline{Events: []ui.Event{
			{Date: "2024-03-02", Title: w("Low back pain starts", "Empieza el dolor de espalda"), Kind: "condition", Label: w("Condition", "Problema"), Source: ui.Link{Href: "/f1"}},
			{Date: "2025-02", Title: w("Physical therapy, 12 visits", "Terapia física, 12 visitas"), Kind: "procedure", Label: w("Treatment", "Tratamiento"), Detail: w("Pain got better for two months.", "El dolor mejoró dos meses."), Source: ui.Link{Href: "/f2"}},
			{Date: "2026-09-01", Title: w("MRI of the lower back", "Resonancia de la espalda baja"), Kind: "imaging", Label: w("Image", "Imagen"), Source: ui.Link{Href: "/f3", Label: w("Report, page 2", "Informe, página 2")}},
			{Date: "2026-09-03", Title: w("First blood test", "Primer análisis"), Kind: "result", Label: w("Test", "Prueba"), Source: ui.Link{Href: "/f4"}},
			{Date: "2026-10-14", Title: w("First opinion: fusion", "Primera opinión: fusión"), Kind: "opinion", Label: w("Opinion", "Opinión"), Source: ui.Link{Href: "/f5"}},
			{Title: w("Ibuprofen as needed", "Ibuprofeno si hace falta"), Kind: "medicine", Label: w("Medicine", "Medicina"), Source: ui.Link{Label: w("You told us", "Usted nos dijo")}},
		}}),
		ui.Compare(s, ui.SideBySide{Title: w("Your two opinions", "Sus dos opiniones"), Columns: []ui.Column{{Name: "Dr. Leela Iyer", Sub: w("Surgeon, October 14, 2026", "Cirujana, 14 de octubre de 2026")}, {Name: "Dr. Peter Lindqvist", Sub: w("Spine doctor, November 20, 2026", "Médico de la columna, 20 de noviembre de 2026")}}, Rows: []ui.Row{
			{Label: w("What it is", "Qué es"), Agree: ui.Agree, Cells: []ui.Cell{{Text: w("Worn disc at L4-L5", "Disco gastado en L4-L5")}, {Text: w("Worn disc at L4-L5", "Disco gastado en L4-L5")}}},
			{Label: w("What to do", "Qué hacer"), Agree: ui.Differ, Why: w("They judge the same picture in different ways.", "Juzgan la misma imagen de otro modo."), Cells: []ui.Cell{{Text: w("Fusion surgery soon", "Cirugía de fusión pronto")}, {Text: w("Six months of therapy first", "Primero seis meses de terapia")}}},
		}}),
		ui.WeighTable(s, ui.Weigh{Title: w("What matters to you", "Lo que le importa"), Options: []string{w("Surgery", "Cirugía"), w("Therapy", "Terapia")}, Rows: []ui.Matter{
			{What: w("Back to work soon", "Volver pronto al trabajo"), Weight: 5, Cells: []ui.Judgement{{Lean: ui.Against, Text: w("Three months off", "Tres meses sin trabajar")}, {Lean: ui.For, Text: w("You can work", "Puede trabajar")}}},
			{What: w("Less pain at night", "Menos dolor de noche"), Weight: 3, Cells: []ui.Judgement{{Lean: ui.For, Text: w("Often better", "Suele mejorar")}, {Text: w("Hard to say", "Difícil de decir")}}},
		}}),
		ui.Bar(ui.Progress{Label: w("Reading your files", "Leemos sus archivos"), Done: 3, Total: 12, Text: "3 / 12"}),
		formOf(ui.UploadField(ui.NewForm(s, nil), ui.Upload{Name: "files", Label: s.T("button.upload"), Start: "/case/x/uploads"})),
	}
}

func homeParts(s ui.Speaker) []templ.Component {
	w := both(s)
	return []templ.Component{
		ui.StepHead(s, ui.Head{Title: w("Good morning, Ruth", "Buenos días, Ruth"), Lead: w("Two of nine steps are done. You are on time.", "Dos de nueve pasos están hechos. Va a tiempo.")}),
		ui.NextStep(s, ui.Step{Title: w("Find out if your plan pays", "Averigüe si su plan paga"), Text: w("It takes about ten minutes. Have your card at hand.", "Toma unos diez minutos. Tenga su tarjeta a mano."), Link: ui.Link{Label: s.T("button.next"), Href: "/case/x/coverage"}}),
		heading(s.T("due.title")),
		ui.DueList(s, []ui.Due{{Date: "2026-11-20", Title: w("Ask for your slides", "Pida sus muestras"), Href: "/d", State: "overdue"}, {Date: "2026-11-25", Title: w("Call your plan", "Llame a su plan"), Href: "/e", State: "soon"}, {Date: "2026-12-15", Title: w("Decide", "Decidir")}}),
		ui.DueList(s, nil),
		ui.CardBox(ui.Card{Title: w("Your records", "Su expediente"), Text: w("12 files, 310 results", "12 archivos, 310 resultados"), Href: "/r", Tag: s.T("state.done")}),
		ui.Nothing(ui.Empty{Title: w("No opinions yet", "Aún no hay opiniones"), Text: w("When your second opinion comes, it will stand here beside the first.", "Cuando llegue su segunda opinión, estará aquí junto a la primera."), Links: []ui.Link{{Label: w("Add an opinion", "Añadir una opinión"), Href: "/o"}}}),
		ui.PasskeyButton(s, ui.Passkey{Use: ui.AddPasskey, Next: "/account"}),
	}
}

func heading(s string) templ.Component { return templ.Raw("<h2>" + templ.EscapeString(s) + "</h2>") }

func urgentParts(s ui.Speaker) []templ.Component {
	w := both(s)
	return []templ.Component{
		heading1(s.T("notice.emergency")),
		ui.Alert(s, ui.Notice{Tone: ui.Emergency, Title: w("Call 911 now", "Llame al 911 ahora"), Text: w("Chest pain like this can be a heart attack. Do not drive yourself. Do not wait for a second opinion.", "Un dolor de pecho así puede ser un infarto. No maneje. No espere una segunda opinión."), Links: []ui.Link{{Label: w("Call 911", "Llamar al 911"), Href: "tel:911"}}}),
		ui.Alert(s, ui.Notice{Tone: ui.Wrong, Text: s.T("fault.full")}),
	}
}

func heading1(s string) templ.Component { return templ.Raw("<h1>" + templ.EscapeString(s) + "</h1>") }

// server serves the gallery as the product would: /en/form, /es/home...
func server(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(ui.AssetPath, ui.Assets())
	for _, lang := range text.Languages {
		for name, c := range pages(speaker(t, lang)) {
			mux.HandleFunc("/"+lang+"/"+name, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Security-Policy", policy)
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				_ = c.Render(r.Context(), w)
			})
		}
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

// TestEveryPartIsDrawnInEveryLanguage draws the gallery. With GALLERY=folder it
// also writes the pages there, to be looked at.
func TestEveryPartIsDrawnInEveryLanguage(t *testing.T) {
	for _, lang := range text.Languages {
		for name, c := range pages(speaker(t, lang)) {
			html := render(t, c)
			if strings.Contains(html, "⟦") {
				t.Errorf("%s %s: a text is missing", lang, name)
			}
			if !strings.Contains(html, `<html lang="`+lang+`"`) {
				t.Errorf("%s %s: the page does not say its language", lang, name)
			}
			if dir := os.Getenv("GALLERY"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, lang+"-"+name+".html"), []byte(html), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
