// Package notify takes dates out of the house without taking the case along: as a
// calendar file that the person keeps, and as e-mail where the operator has set up
// a mail server. Neither says anything of a patient unless the person asked for it,
// and only the calendar file can be asked.
package notify
