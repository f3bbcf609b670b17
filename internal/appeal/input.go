package appeal

import "consilium/internal/contract"

// Input is what is known of a denial. Everything may be absent, and absent means
// unknown; without a regime there is a class and first moves, and no ladder.
type Input struct {
	On             contract.Date   `json:"on,omitzero" doc:"today's date"`
	Regime         string          `json:"regime,omitempty" enum:"erisa,aca_individual,medicare_original,medicare_advantage,part_d,medicaid_managed,medicaid_ffs,chip_managed,tricare,fehb,california,va" doc:"under which law the plan decides"`
	Level          string          `json:"level,omitempty" enum:"initial_denial,internal_denied,external_denied,redetermination_denied,reconsideration_denied,alj_denied,council_denied" doc:"what the letter at hand has refused; absent is initial_denial"`
	Service        string          `json:"service,omitempty" enum:"pre_service,post_service,concurrent" doc:"asked before the care, after it, or for care that is going on"`
	Urgent         *bool           `json:"urgent,omitempty" doc:"waiting could seriously harm life, health or getting well again, or leaves severe pain"`
	NoticeDate     contract.Date   `json:"notice_date,omitzero" doc:"the date printed on the letter"`
	ReceivedDate   contract.Date   `json:"received_date,omitzero" doc:"the day it came"`
	LetterDeadline contract.Date   `json:"letter_deadline,omitzero" doc:"the last day that the letter itself names"`
	FiledDate      contract.Date   `json:"filed_date,omitzero" doc:"the day on which the next level was asked for"`
	Denial         Refusal         `json:"denial,omitzero"`
	Amount         *contract.Money `json:"amount,omitempty" doc:"what is in dispute"`
	PeerToPeerBy   contract.Date   `json:"peer_to_peer_by,omitzero" doc:"the last day that the plan names for a talk between doctors"`
	Grandfathered  *bool           `json:"grandfathered,omitempty"`
	Funding        string          `json:"funding,omitempty" enum:"insured,self_funded,government,unknown" doc:"who carries the risk"`
	State          string          `json:"state,omitempty" pattern:"^[A-Z]{2}$" form:"write the two capital letters of a state"`
	Drug           string          `json:"drug,omitempty" enum:"none,part_b,part_d" doc:"the refused item is a medicine"`
	Ending         string          `json:"ending,omitempty" enum:"hospital,skilled_nursing,home_health,hospice,outpatient_rehabilitation" doc:"care that is to end: the fast appeal of Medicare"`
	EndsOn         contract.Date   `json:"ends_on,omitzero" doc:"the day of discharge, or the last paid day"`
	EffectiveDate  contract.Date   `json:"effective_date,omitzero" doc:"the day on which care is cut or stopped"`
	Have           []string        `json:"have,omitempty" doc:"ids of packet items that are there: LMN-01"`
}

// Refusal is what the letter says.
type Refusal struct {
	CARC   []string `json:"carc,omitempty" doc:"claim adjustment reason codes: 197"`
	RARC   []string `json:"rarc,omitempty" doc:"remittance advice remark codes: N386"`
	Group  string   `json:"group,omitempty" enum:"CO,PR,OA,PI,CR" doc:"claim adjustment group code"`
	Reason string   `json:"reason,omitempty" doc:"the reason in the letter's words"`
	Class  string   `json:"class,omitempty" enum:"clerical,missing_information,prior_authorization,necessity,experimental,network,benefit,eligibility,timeliness,coordination,cost_share,second_opinion_required" doc:"chosen by the person; goes before the codes"`
}
