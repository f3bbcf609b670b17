package expert

// Ties compares the first doctor with another clinician by what the public files say
// of both, and gives every sign of closeness (facts.md 7.1), strongest first. What is
// missing from a file is no sign.
func Ties(first, other Profile) []Signal {
	return nil
}
