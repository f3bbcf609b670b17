package expert

// Limits are the numbers by which a tie counts (facts.md 7.1). They come from the
// rules, topic expert_checks.
type Limits struct {
	HospitalPercent int   // same_hospital: the share of common hospitals (Jaccard) at which it warns
	SharedPatients  int   // shared_patients: this many and more warn
	SharedDays      int   // in at most this many days
	GraduatedWithin int   // same_school: years between two graduations
	MakerCents      int64 // same_maker: both were paid at least this by one maker
}

// Compared says what two profiles both have, so that it could be compared. What one
// of them lacks was not compared, and silence is no proof.
type Compared uint8

// What can be compared. An address alone says that two do not share an office, and not
// that they are no colleagues.
const (
	ComparedGroup        Compared = 1 << iota // practice groups of CMS, by PAC ID: enrolment or reassignment
	ComparedOrganization                      // names of the practice
	ComparedAddress                           // practice address
	ComparedHospital                          // hospitals
)

// Ties compares the first doctor with another clinician by what the public files say
// of both, and gives every sign of closeness (facts.md 7.1), strongest first. What is
// missing from a file is no sign.
func Ties(first, other Profile, l Limits) []Signal {
	return nil
}

// ComparedIn tells what could be compared between two.
func ComparedIn(first, other Profile) Compared {
	return 0
}

// LevelOf sums up: a stop makes them not independent, a warning asks for caution, weak
// signs alone change nothing. Without a sign they are independent only when more than
// their addresses could be compared.
func LevelOf(signals []Signal, compared Compared) Level {
	level := Unknown
	if compared&^ComparedAddress != 0 {
		level = Independent
	}
	for _, s := range signals {
		switch s.Strength {
		case Stop:
			return NotIndependent
		case Warn:
			level = Caution
		}
	}
	return level
}
