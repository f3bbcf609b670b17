package directory

// states are the postal codes that a row's place and licences may bear. Their order is
// part of the format: number i+1 stands for states[i], 0 for none of them.
var states = [...]string{
	"AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS",
	"MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT", "WA", "WI", "WV", "WY",
	"AS", "GU", "MP", "PR", "VI", "FM", "MH", "PW", "AA", "AE", "AP",
}

var stateNumbers = func() (n [26 * 26]uint8) {
	for i, s := range states {
		n[int(s[0]-'A')*26+int(s[1]-'A')] = uint8(i + 1)
	}
	return n
}()

// stateNumber gives the number of a postal code in either case, 0 for any other text.
func stateNumber[T string | []byte](s T) uint8 {
	if len(s) != 2 {
		return 0
	}
	a, b := s[0]&^0x20, s[1]&^0x20
	if a < 'A' || a > 'Z' || b < 'A' || b > 'Z' {
		return 0
	}
	return stateNumbers[int(a-'A')*26+int(b-'A')]
}

func stateName(n uint8) string {
	if n == 0 || int(n) > len(states) {
		return ""
	}
	return states[n-1]
}
