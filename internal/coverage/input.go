package coverage

import (
	"slices"
	"strings"

	"consilium/internal/contract"
)

// Input is what is known. Everything may be absent, and absent means unknown.
type Input struct {
	On         contract.Date `json:"on,omitzero" doc:"today's date"`
	DecisionBy contract.Date `json:"decision_by,omitzero" doc:"by when the person wants to decide; steps then get a due date"`
	Patient    Patient       `json:"patient,omitzero"`
	Plan       Plan          `json:"plan,omitzero"`
	Condition  Condition     `json:"condition,omitzero"`
	Treatment  Treatment     `json:"treatment,omitzero"`
	Opinions   Opinions      `json:"opinions,omitzero"`
	Expert     Expert        `json:"expert,omitzero"`
	VA         VA            `json:"va,omitzero"`
	Request    Request       `json:"request,omitzero"`
	Told       Told          `json:"told,omitzero"`
}

// Patient is where and how old the person is.
type Patient struct {
	State     string        `json:"state,omitempty" pattern:"^[A-Z]{2}$" form:"write the two capital letters of a state"`
	BirthDate contract.Date `json:"birth_date,omitzero"`
	Inpatient *bool         `json:"inpatient,omitempty" doc:"in a hospital bed at the time of the opinion"`
}

// Plan is the health plan.
type Plan struct {
	Kind          string `json:"kind,omitempty" enum:"hmo,ppo,epo,pos,medicare_original,medicare_advantage_hmo,medicare_advantage_ppo,medicare_advantage_other,medicaid_managed,medicaid_ffs,chip_managed,tricare_prime,tricare_select,tricare_for_life,va,fehb,workers_comp,short_term,none"`
	Funding       string `json:"funding,omitempty" enum:"insured,self_funded,government,unknown" doc:"who carries the risk: an insurance company or the employer"`
	SitusState    string `json:"situs_state,omitempty" pattern:"^[A-Z]{2}$" form:"write the two capital letters of a state" doc:"the state whose law governs the policy"`
	Grandfathered *bool  `json:"grandfathered,omitempty"`
	HDHP          *bool  `json:"hdhp,omitempty" doc:"a high-deductible plan that goes with a health savings account"`
	Medigap       string `json:"medigap,omitempty" enum:"A,B,C,D,F,G,K,L,M,N,F_high,G_high"`
	Requires      *bool  `json:"requires_second_opinion,omitempty"`
	Marketplace   string `json:"marketplace,omitempty" enum:"federal,state,none" doc:"where a plan was bought that does not come from work: HealthCare.gov, a state's own marketplace, or neither"`
	Metal         string `json:"metal,omitempty" enum:"catastrophic,bronze,silver,gold,platinum" doc:"of a plan that the person bought"`
	ChurchOrGov   *bool  `json:"church_or_government,omitempty" doc:"from a church, or from a state or local government, as employer"`
	QMB           *bool  `json:"qmb,omitempty" doc:"Qualified Medicare Beneficiary: Medicaid pays the Medicare share"`
	PCMRefused    *bool  `json:"pcm_refused,omitempty" doc:"TRICARE: the primary care manager will not refer"`
	WorkState     string `json:"workers_comp_state,omitempty" pattern:"^[A-Z]{2}$" form:"write the two capital letters of a state" doc:"the state under whose law the work injury is; without it, where the person lives"`
}

// Condition is what the person has.
type Condition struct {
	ICD10   string `json:"icd10,omitempty" pattern:"^[A-Za-z][0-9][0-9A-Za-z](\\.?[0-9A-Za-z]{1,4})?$" form:"write an ICD-10-CM code such as C50.911"`
	Cancer  *bool  `json:"cancer,omitempty"`
	Serious *bool  `json:"serious,omitempty" doc:"threatens life, limb or body function, or lasts and disables"`
	Unclear *bool  `json:"unclear,omitempty" doc:"the diagnosis is in doubt, or tests conflict"`
}

// Treatment is what was proposed.
type Treatment struct {
	Kind      string `json:"kind,omitempty" enum:"none,medication,chemotherapy,radiotherapy,major_surgery,elective_surgery,minor_procedure,invasive_test,experimental,other"`
	Emergency *bool  `json:"emergency,omitempty" doc:"it cannot wait: then nothing is arranged with the plan first"`
	Imminent  *bool  `json:"imminent_threat,omitempty" doc:"a serious threat to health is near, though not an emergency"`
	Cosmetic  *bool  `json:"cosmetic,omitempty"`
	NoHelp    *bool  `json:"not_helping,omitempty" doc:"it was tried for long enough and does not help"`
}

// Opinions are those that the person already has.
type Opinions struct {
	SoFar    *int   `json:"so_far,omitempty" min:"0" max:"20"`
	Differ   *bool  `json:"differ,omitempty"`
	FirstBy  string `json:"first_by,omitempty" enum:"pcp,specialist"`
	Concerns *bool  `json:"serious_concerns,omitempty" doc:"serious concerns remain after talking with the first doctor"`
}

// Expert is the second doctor, where one is in view.
type Expert struct {
	Network   string `json:"network,omitempty" enum:"in,out,unknown"`
	Medicare  string `json:"medicare,omitempty" enum:"participating,non_participating,opted_out,unknown"`
	Format    string `json:"format,omitempty" enum:"in_person,telehealth,record_review"`
	Qualified *bool  `json:"qualified_in_network,omitempty" doc:"the plan's network has a doctor who fits"`
	Listed    *bool  `json:"directory_said_in,omitempty" doc:"the plan's own list said in network, and the person relied on it"`
}

// VA is how near and how soon the VA can give the care.
type VA struct {
	Care  string `json:"care,omitempty" enum:"primary,mental_health,specialty"`
	Drive *int   `json:"drive_minutes,omitempty" min:"0" max:"1440" doc:"average drive to the nearest VA clinic with this care"`
	Wait  *int   `json:"wait_days,omitempty" min:"0" max:"1000" doc:"days until the VA can see the person"`
}

// Request is the request for the plan's approval, where there is one.
type Request struct {
	Urgent         *bool  `json:"urgent,omitempty" doc:"a doctor says that waiting could do serious harm"`
	Ongoing        *bool  `json:"ongoing,omitempty" doc:"to go on with care that the plan had approved"`
	Drug           string `json:"drug,omitempty" enum:"none,part_b,part_d,other" doc:"what is to be approved is a drug, and under which part of Medicare"`
	ExpediteDenied *bool  `json:"expedite_refused,omitempty" doc:"the plan will not answer faster"`
	ClockMissed    *bool  `json:"clock_missed,omitempty" doc:"the plan has let its time run out"`
}

// Told is what the plan said on the telephone. It counts where no rule says more.
type Told struct {
	Referral           string `json:"referral,omitempty" enum:"yes,no"`
	PriorAuthorization string `json:"prior_authorization,omitempty" enum:"yes,no"`
}

// states are the two-letter codes of the states, the District of Columbia and the
// territories, as the Postal Service writes them.
var states = strings.Fields("AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI")

// States lists the codes that a state field may hold.
func States() []string { return slices.Clone(states) }

func validate(in Input, on contract.Date, lang string) error {
	var ps contract.Problems
	if err := contract.Validate(in); err != nil {
		ps = append(ps, err.(contract.Problems)...)
	}
	if lang != "en" && lang != "es" {
		ps.Add("lang", "unknown value %q; one of en, es", lang)
	}
	for _, s := range []struct{ field, value string }{{"patient.state", in.Patient.State}, {"plan.situs_state", in.Plan.SitusState}, {"plan.workers_comp_state", in.Plan.WorkState}} {
		if len(s.value) == 2 && strings.ToUpper(s.value) == s.value && !slices.Contains(states, s.value) {
			ps.Add(s.field, "there is no state %q; write two letters, such as CA", s.value)
		}
	}
	if in.Plan.Medigap != "" && strings.HasPrefix(in.Plan.Kind, "medicare_advantage") {
		ps.Add("plan.medigap", "does not go with plan.kind %s: Medigap works only with medicare_original; leave one of them out", in.Plan.Kind)
	}
	if in.Plan.Kind == "none" && in.Plan.Funding != "" && in.Plan.Funding != "unknown" {
		ps.Add("plan.funding", "does not go with plan.kind none: without a plan nobody funds it; leave one of them out")
	}
	if in.Plan.Funding == "self_funded" && (in.Plan.Marketplace == "federal" || in.Plan.Marketplace == "state") {
		ps.Add("plan.marketplace", "does not go with plan.funding self_funded: a plan from a marketplace is an insurance company's; leave one of them out")
	}
	if n := in.Opinions.SoFar; n != nil && *n < 2 && in.Opinions.Differ != nil && *in.Opinions.Differ {
		ps.Add("opinions.differ", "is true, but opinions.so_far says %d: it takes two to differ", *n)
	}
	if b := in.Patient.BirthDate; !b.IsZero() && !on.IsZero() && b.After(on) {
		ps.Add("patient.birth_date", "is after today (%s)", on)
	}
	return ps.OrNil()
}

// facts gives the rules' names to what is known. The word "unknown" is unknown.
func (in Input) facts(on contract.Date) map[string]any {
	f := map[string]any{
		"patient.state": in.Patient.State,
		"plan.kind":     in.Plan.Kind, "plan.funding": known(in.Plan.Funding), "plan.situs_state": in.Plan.SitusState, "plan.grandfathered": in.Plan.Grandfathered,
		"plan.hdhp": in.Plan.HDHP, "plan.medigap": in.Plan.Medigap, "plan.requires_second_opinion": in.Plan.Requires,
		"condition.icd10": in.Condition.ICD10, "condition.cancer": in.Condition.Cancer, "condition.serious": in.Condition.Serious,
		"plan.marketplace": in.Plan.Marketplace, "plan.metal": in.Plan.Metal, "plan.church_or_government": in.Plan.ChurchOrGov,
		"plan.qmb": in.Plan.QMB, "plan.pcm_refused": in.Plan.PCMRefused, "plan.workers_comp_state": in.Plan.WorkState,
		"patient.inpatient": in.Patient.Inpatient, "condition.unclear": in.Condition.Unclear, "treatment.not_helping": in.Treatment.NoHelp,
		"opinions.serious_concerns": in.Opinions.Concerns, "expert.directory_said_in": in.Expert.Listed,
		"va.care": in.VA.Care, "va.drive_minutes": in.VA.Drive, "va.wait_days": in.VA.Wait,
		"request.urgent": in.Request.Urgent, "request.ongoing": in.Request.Ongoing, "request.drug": in.Request.Drug,
		"told.referral": in.Told.Referral, "told.prior_authorization": in.Told.PriorAuthorization,
		"request.expedite_refused": in.Request.ExpediteDenied, "request.clock_missed": in.Request.ClockMissed,
		"treatment.kind": in.Treatment.Kind, "treatment.emergency": in.Treatment.Emergency, "treatment.imminent_threat": in.Treatment.Imminent, "treatment.cosmetic": in.Treatment.Cosmetic,
		"opinions.so_far": in.Opinions.SoFar, "opinions.differ": in.Opinions.Differ, "opinions.first_by": in.Opinions.FirstBy,
		"expert.network": known(in.Expert.Network), "expert.medicare": known(in.Expert.Medicare), "expert.format": in.Expert.Format, "expert.qualified_in_network": in.Expert.Qualified,
	}
	if !in.Patient.BirthDate.IsZero() && !on.IsZero() {
		f["patient.age"] = in.Patient.BirthDate.AgeOn(on)
	}
	return f
}

func known(s string) string {
	if s == "unknown" {
		return ""
	}
	return s
}
