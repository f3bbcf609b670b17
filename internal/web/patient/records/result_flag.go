package records

import (
	"strings"

	"consilium/internal/web/text"
)

// flagOf says a laboratory's mark in words; one that we do not know stays as it is.
func flagOf(say text.Speaker, flag string) string {
	key := ""
	switch strings.ToLower(flag) {
	case "h", "hu", "high", "above high normal":
		key = "high"
	case "l", "lu", "low", "below low normal":
		key = "low"
	case "hh", "critical high", "critically high":
		key = "very_high"
	case "ll", "critical low", "critically low":
		key = "very_low"
	case "a", "abnormal", "aa":
		key = "abnormal"
	}
	if key == "" {
		return flag
	}
	return say.T("records.flag." + key)
}
