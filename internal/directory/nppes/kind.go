package nppes

// Kind is one of the public files. Its text is the key of its date in the directory,
// and with - for _ the name of its flag.
type Kind string

// The public files (and one of our own: boards).
const (
	Providers      Kind = "nppes"
	Deactivated    Kind = "deactivated"
	Hospitals      Kind = "hospitals"
	Clinicians     Kind = "clinicians"
	Affiliations   Kind = "affiliations"
	Reassignments  Kind = "reassignments"
	Volumes        Kind = "volumes"
	OptOuts        Kind = "opt_out"
	Exclusions     Kind = "exclusions"
	Payments       Kind = "payments"
	SharedPatients Kind = "shared_patients"
	Boards         Kind = "boards"
	Taxonomy       Kind = "nucc"
	ZIPs           Kind = "zips"
)

// Kinds are all of them, in the order in which they are read.
func Kinds() []Kind {
	return []Kind{Taxonomy, ZIPs, Providers, Deactivated, Hospitals, Clinicians, Affiliations, Reassignments, Volumes, OptOuts, Exclusions, Payments, SharedPatients, Boards}
}

// about says what a file of the kind is called where it is published.
func (k Kind) about() string {
	switch k {
	case Providers:
		return "the NPPES provider file (npidata_pfile_....csv)"
	case Deactivated:
		return "the NPPES list of deactivated NPIs"
	case Hospitals:
		return "the list of CMS's hospitals (Hospital General Information, or Hospital Enrollments)"
	case Clinicians:
		return "the national file of CMS Doctors and Clinicians"
	case Affiliations:
		return "the facility affiliations of CMS Doctors and Clinicians"
	case Reassignments:
		return "the CMS revalidation reassignment list"
	case Volumes:
		return "Medicare Physician & Other Practitioners, by provider and service"
	case OptOuts:
		return "the Medicare opt-out list"
	case Exclusions:
		return "the OIG list of excluded individuals and entities"
	case Payments:
		return "the general payments of CMS Open Payments"
	case SharedPatients:
		return "a shared-patient file"
	case Boards:
		return "a file of board certificates"
	case Taxonomy:
		return "the NUCC provider taxonomy"
	case ZIPs:
		return "a list of ZIP codes with latitude and longitude"
	}
	return string(k)
}
