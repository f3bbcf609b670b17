package journey

import (
	"time"

	"consilium/internal/casefile"
	"consilium/internal/consent"
)

// Steps is the map, in the order in which a person is led. Nothing but "start" is
// strictly first: people come at every stage, so a step opens as soon as what it
// truly needs is there.
var Steps = []Step{
	{
		ID:       "start",
		answered: has("profile"),
		Pages:    []Page{ask("start")},
	},
	{
		ID:       "need",
		Needs:    []string{"start"},
		Rests:    []string{"start"},
		answered: asked("need"),
		Pages:    []Page{ask("need"), ask("need.screen"), look("need.answer")},
	},
	{
		ID:       "coverage",
		Needs:    []string{"start"},
		Rests:    []string{"start", "need"},
		answered: asked("coverage"),
		Pages: []Page{
			ask("coverage"), ask("coverage.plan"), ask("coverage.more"), ask("coverage.answer"), ask("coverage.calls"),
			ask("coverage.letter"), take("coverage.print"), look("coverage.tests"), ask("coverage.test"),
		},
	},
	{
		ID:       "expert",
		Needs:    []string{"start"},
		Rests:    []string{"start"},
		answered: has("expert"),
		Pages: []Page{
			ask("expert"), ask("expert.search"), ask("expert.person"), look("expert.compare"), look("expert.calls"), ask("expert.call"), ask("expert.proof"),
			ask("expert.candidate"), look("expert.script"), look("expert.routes"),
			ask("expert.programmes"), look("expert.programme"), ask("expert.referral"), take("expert.referral_pdf"),
		},
	},
	{
		ID:       "records",
		Needs:    []string{"start"},
		answered: recorded,
		Pages: []Page{
			look("records"), ask("records.upload"), send("records.part"), ask("records.file"), look("records.original"), look("records.look"), look("records.picture"),
			look("records.portals"), ask("records.portal"), look("records.pulled"),
			ask("records.whose"), ask("records.check"), look("records.contradictions"),
			look("records.requests"), ask("records.request"), ask("records.form"), take("records.letter"), ask("records.sent"), ask("records.answer"),
			ask("records.sign"), take("records.signed"), ask("records.fee"), look("records.complaint"), ask("records.arrival"),
			look("records.specimens"), ask("records.specimen"), take("records.custody"),
			{ID: "records.results", Show: consent.See, Save: consent.See},
			look("records.result"),
			{ID: "records.timeline", Show: consent.See, Save: consent.See},
			{ID: "records.medicines", Show: consent.See, Save: consent.See},
			ask("records.packet"), take("records.packet_zip"), send("records.import"), send("records.import_check"),
			{ID: "records.share", Show: consent.See, Save: consent.Export},
			ask("records.shares"),
		},
	},
	{
		ID:       "prepare",
		Needs:    []string{"start"},
		Rests:    []string{"expert", "records"},
		answered: has("questions"),
		Pages:    []Page{ask("prepare"), ask("prepare.questions"), ask("prepare.bring"), ask("prepare.timeline"), take("prepare.brief")},
	},
	{
		ID:       "opinion",
		Needs:    []string{"start"},
		answered: hasNamed("opinion", 2),
		Pages:    []Page{look("opinion"), ask("opinion.first"), ask("opinion.write"), ask("opinion.answers")},
	},
	{
		ID:       "compare",
		Needs:    []string{"opinion"},
		Rests:    []string{"opinion"},
		answered: has("comparison"),
		Pages:    []Page{ask("compare"), take("compare.ask")},
	},
	{
		ID:       "decide",
		Needs:    []string{"opinion"},
		Rests:    []string{"compare"},
		answered: decided,
		Pages:    []Page{ask("decide"), ask("decide.choice"), ask("decide.letters"), take("decide.letter"), {ID: "decide.close", Show: consent.Close, Save: consent.Close, Any: true}},
	},
}

// Roads are steps beside the way: most people never need them, nobody is led into
// them, and whoever needs one needs it now. They open as steps do.
var Roads = []Step{
	{
		ID:       "cost",
		Needs:    []string{"start"},
		Rests:    []string{"coverage", "expert"},
		answered: has("cost"),
		Pages: []Page{
			ask("cost"), look("cost.answer"), look("cost.codes"),
			look("cost.estimates"), ask("cost.estimate"), take("cost.estimate_letter"), ask("cost.dispute"), take("cost.dispute_letter"),
		},
	},
	{
		ID:       "appeal",
		Needs:    []string{"start"},
		answered: hasNamed("denial", 1),
		Pages: []Page{
			ask("appeal"), ask("appeal.denial"), look("appeal.picture"), ask("appeal.answer"),
			ask("appeal.packet"), take("appeal.letter"), take("appeal.packet_pdf"),
			ask("appeal.send"), look("appeal.sent"), take("appeal.sent_pdf"), ask("appeal.reply"),
		},
	},
}

// ask is a page with a form: whoever may see the case may look at it, and only
// whoever may write may send it.
func ask(id string) Page { return Page{ID: id, Show: consent.See, Save: consent.Write} }

// look is a page without a form.
func look(id string) Page { return Page{ID: id, Show: consent.See} }

// send takes bytes and shows how far they have come.
func send(id string) Page { return Page{ID: id, Show: consent.Write, Save: consent.Write} }

// take lets a person take something out of the house: a letter, a brief.
func take(id string) Page { return Page{ID: id, Show: consent.Export} }

// decided is answered when something was chosen: what matters may be weighed long
// before.
func decided(c *casefile.Case) (time.Time, bool) {
	ref := casefile.Ref{Kind: "decision"}
	d, ok := c.Document(ref)
	said, _, err := casefile.Read[struct {
		Chosen string `json:"chosen"`
	}](c, ref)
	return d.At, ok && err == nil && said.Chosen != ""
}

// recorded is answered when a file is there that is no plan's letter of refusal: such
// a letter comes in by the same door and tells a second doctor nothing.
func recorded(c *casefile.Case) (at time.Time, ok bool) {
	letters := map[string]bool{}
	for _, d := range c.Named("denial") {
		said, _, err := casefile.Read[struct {
			Letter string   `json:"letter"`
			Pages  []string `json:"pages"`
		}](c, d.Ref)
		if err != nil {
			continue
		}
		letters[said.Letter] = true
		for _, p := range said.Pages {
			letters[p] = true
		}
	}
	for _, d := range c.Named("record") {
		if letters[d.Ref.Name] {
			continue
		}
		ok = true
		if d.At.After(at) {
			at = d.At
		}
	}
	return at, ok
}
