package people

// coverageInput is the input of `coverage check`, as the command's contract gives it.
type coverageInput struct {
	Patient struct {
		State     string `json:"state"`
		BirthDate string `json:"birth_date"`
		Inpatient *bool  `json:"inpatient"`
	} `json:"patient"`
	Plan struct {
		Kind                  string `json:"kind"`
		Funding               string `json:"funding"`
		SitusState            string `json:"situs_state"`
		Grandfathered         *bool  `json:"grandfathered"`
		HDHP                  *bool  `json:"hdhp"`
		Medigap               string `json:"medigap"`
		RequiresSecondOpinion *bool  `json:"requires_second_opinion"`
		Marketplace           string `json:"marketplace"`
		ChurchOrGovernment    *bool  `json:"church_or_government"`
		QMB                   *bool  `json:"qmb"`
	} `json:"plan"`
	Condition struct {
		ICD10   string `json:"icd10"`
		Cancer  *bool  `json:"cancer"`
		Serious *bool  `json:"serious"`
	} `json:"condition"`
	Treatment struct {
		Kind           string `json:"kind"`
		Emergency      *bool  `json:"emergency"`
		ImminentThreat *bool  `json:"imminent_threat"`
		Cosmetic       *bool  `json:"cosmetic"`
	} `json:"treatment"`
	Opinions struct {
		SoFar   int    `json:"so_far"`
		Differ  *bool  `json:"differ"`
		FirstBy string `json:"first_by"`
	} `json:"opinions"`
	Expert struct {
		Network            string `json:"network"`
		Medicare           string `json:"medicare"`
		Format             string `json:"format"`
		QualifiedInNetwork *bool  `json:"qualified_in_network"`
	} `json:"expert"`
}
