package expert

// PlanSays is what a plan's own files say of one clinician. They are often old and
// wrong: the plan and the office must be asked.
type PlanSays struct {
	Network    string // as people call it
	In         bool
	Incomplete bool   // the files name other files, or people and places that are not in them
	Accepting  string // new patients: yes, no, existing_only, unknown
	Of         string // YYYY-MM-DD, of the oldest of the files; "" not known
	Prices     []PlanPrice
}

// PlanPrice is what the plan agreed to pay for one billing code alone, without any
// modifier: from the least to the most, when the file has several.
type PlanPrice struct {
	Code    string // CPT or HCPCS
	Class   string // professional, institutional, both or ""
	Low     int64  // cents
	High    int64  // cents
	Expires string // YYYY-MM-DD, the first to run out; "" not said
	Group   bool   // said of everybody who bills under one tax number, not of this clinician
}
