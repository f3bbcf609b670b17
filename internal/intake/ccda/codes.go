package ccda

import (
	"strconv"

	"consilium/internal/clinical"
)

// maxCodes is how many codes of one fact are kept.
const maxCodes = 40

// systems gives the URI that FHIR has for a code system or a kind of number, by
// its OID (HL7 terminology, terminology.hl7.org; "Using Codes" of FHIR R4).
var systems = map[string]string{
	"2.16.840.1.113883.6.96":      "http://snomed.info/sct",
	"2.16.840.1.113883.6.1":       "http://loinc.org",
	"2.16.840.1.113883.6.88":      "http://www.nlm.nih.gov/research/umls/rxnorm",
	"2.16.840.1.113883.6.90":      "http://hl7.org/fhir/sid/icd-10-cm",
	"2.16.840.1.113883.6.3":       "http://hl7.org/fhir/sid/icd-10",
	"2.16.840.1.113883.6.4":       "http://www.cms.gov/Medicare/Coding/ICD10",
	"2.16.840.1.113883.6.103":     "http://hl7.org/fhir/sid/icd-9-cm",
	"2.16.840.1.113883.6.104":     "http://hl7.org/fhir/sid/icd-9-cm",
	"2.16.840.1.113883.6.12":      "http://www.ama-assn.org/go/cpt",
	"2.16.840.1.113883.6.285":     "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
	"2.16.840.1.113883.12.292":    "http://hl7.org/fhir/sid/cvx",
	"2.16.840.1.113883.6.59":      "http://hl7.org/fhir/sid/cvx",
	"2.16.840.1.113883.6.69":      "http://hl7.org/fhir/sid/ndc",
	"2.16.840.1.113883.4.9":       "http://fdasis.nlm.nih.gov",
	"2.16.840.1.113883.3.26.1.5":  "http://hl7.org/fhir/ndfrt",
	"2.16.840.1.113883.3.26.1.1":  "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
	"2.16.840.1.113883.6.101":     "http://nucc.org/provider-taxonomy",
	"2.16.840.1.113883.6.256":     "http://www.radlex.org",
	"2.16.840.1.113883.6.8":       "http://unitsofmeasure.org",
	"1.2.840.10008.2.16.4":        "http://dicom.nema.org/resources/ontology/DCM",
	"2.16.840.1.113883.5.4":       "http://terminology.hl7.org/CodeSystem/v3-ActCode",
	"2.16.840.1.113883.5.6":       "http://terminology.hl7.org/CodeSystem/v3-ActClass",
	"2.16.840.1.113883.5.8":       "http://terminology.hl7.org/CodeSystem/v3-ActReason",
	"2.16.840.1.113883.5.83":      "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
	"2.16.840.1.113883.5.111":     "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
	"2.16.840.1.113883.5.112":     "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration",
	"2.16.840.1.113883.5.1":       "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender",
	"2.16.840.1.113883.4.1":       "http://hl7.org/fhir/sid/us-ssn",
	"2.16.840.1.113883.4.6":       "http://hl7.org/fhir/sid/us-npi",
	"2.16.840.1.113883.4.927":     "http://hl7.org/fhir/sid/us-mbi",
	"2.16.840.1.113883.3.221.5":   "https://nahdo.org/sopt",
	"2.16.840.1.113883.6.259":     "https://www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html",
	"2.16.840.1.113883.12.227":    "http://terminology.hl7.org/CodeSystem/MVX",
	"2.16.840.1.113883.6.13":      "http://www.ada.org/cdt",
	"2.16.840.1.113883.6.238":     "urn:oid:2.16.840.1.113883.6.238",
	"2.16.840.1.113883.3.3719":    "http://hl7.org/fhir/NamingSystem/fda-udi",
	"2.16.840.1.113883.6.254":     "http://hl7.org/fhir/sid/icf",
	"2.16.840.1.113883.6.345":     "http://terminology.hl7.org/CodeSystem/medrt",
	"2.16.840.1.113883.18.2":      "http://terminology.hl7.org/CodeSystem/v2-0001",
	"2.16.840.1.113883.12.112":    "http://terminology.hl7.org/CodeSystem/v2-0112",
	"2.16.840.1.113883.6.301.5":   "http://www.nubc.org/patient-discharge",
	"2.16.840.1.113883.6.21":      "http://www.nubc.org/patient-discharge",
	"2.16.840.1.113883.6.73":      "http://www.whocc.no/atc",
	"2.16.840.1.113883.3.88.12.1": "urn:oid:2.16.840.1.113883.3.88.12.1",
}

// system gives the URI of a root, or "".
func system(root string) string {
	if root == "" {
		return ""
	}
	if uri := systems[root]; uri != "" {
		return uri
	}
	if root[0] >= '0' && root[0] <= '9' && len(root) < 36 {
		return "urn:oid:" + root
	}
	if len(root) == 36 && root[8] == '-' {
		return "urn:uuid:" + root
	}
	return "urn:oid:" + root
}

// nulls say in words why something is not there (HL7 v3 NullFlavor).
var nulls = map[string]string{
	"NI": "no information", "UNK": "unknown", "ASKU": "asked but unknown", "NAV": "not available now",
	"NASK": "not asked", "MSK": "withheld", "NA": "not applicable", "INV": "not valid", "DER": "derived",
	"OTH": "other", "UNC": "not coded", "NP": "not present", "QS": "some, amount unknown", "TRC": "trace",
	"NINF": "negative infinity", "PINF": "positive infinity",
}

// concept is what a code says.
type concept struct {
	text   string
	codes  []clinical.Code
	absent string // why there is none, in words
	primal string // the code itself
}

// coded reads a code: its own, then its translations; its text is the name of the
// code, else of a translation, else the words it was made from.
func (t *tree) coded(n int32) concept {
	var c concept
	if n == 0 {
		return c
	}
	t.addCode(n, &c)
	c.primal = t.attr(n, "code")
	t.all(n, "translation", func(_ int, tr int32) {
		t.addCode(tr, &c)
		if c.text == "" {
			c.text = t.said(t.child(tr, "originalText"))
		}
	})
	if c.text == "" {
		c.text = t.said(t.child(n, "originalText"))
	}
	if c.text == "" {
		t.all(n, "translation", func(_ int, tr int32) {
			if c.text == "" && t.attr(tr, "code") == "" {
				c.text = t.attr(tr, "displayName")
			}
		})
	}
	if len(c.codes) == 0 && c.text == "" {
		c.absent = nulls[t.null(n)]
	}
	return c
}

func (t *tree) addCode(n int32, c *concept) {
	code := clinical.Code{Code: t.attr(n, "code"), Display: clip(t.attr(n, "displayName"), maxText)}
	if code.Code == "" {
		if c.text == "" {
			c.text = code.Display
		}
		return
	}
	code.System = system(t.attr(n, "codeSystem"))
	if c.text == "" {
		c.text = code.Display
	}
	for _, known := range c.codes {
		if known.System == code.System && known.Code == code.Code {
			return
		}
	}
	if len(c.codes) < maxCodes {
		c.codes = append(c.codes, code)
	}
}

// names are what common LOINC codes mean, where a document gives the number alone.
var names = map[string]string{
	"72166-2": "Tobacco smoking status", "11367-0": "History of tobacco use", "76689-9": "Sex at birth",
	"8480-6": "Systolic blood pressure", "8462-4": "Diastolic blood pressure", "8867-4": "Heart rate", "9279-1": "Respiratory rate",
	"8310-5": "Body temperature", "8302-2": "Body height", "29463-7": "Body weight", "3141-9": "Body weight, measured",
	"39156-5": "Body mass index", "2708-6": "Oxygen saturation", "59408-5": "Oxygen saturation by pulse oximetry",
}

// words gives the text, or else what the code is known to mean, or else the code
// itself.
func (c concept) words() string {
	if c.text != "" || len(c.codes) == 0 {
		return c.text
	}
	if name := names[c.codes[0].Code]; name != "" && c.codes[0].System == "http://loinc.org" {
		return name
	}
	return c.codes[0].Code
}

// display gives the words of the code at that child, or "".
func (t *tree) display(n int32, names ...string) string { return t.coded(t.down(n, names...)).words() }

func itoa(i int) string { return strconv.Itoa(i) }
