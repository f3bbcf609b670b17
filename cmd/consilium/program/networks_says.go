package program

import (
	"slices"
	"strconv"
	"strings"

	"consilium/internal/directory/network"
	"consilium/internal/expert"
	"consilium/internal/fault"
)

// noEnd is how a price file writes that a price does not run out.
const noEnd = "9999-12-31"

// Says gives what the network of this name says of a clinician. NotFound when there is
// no such network.
func (n *networks) Says(name, npi string) (expert.PlanSays, error) {
	for _, o := range n.look() {
		if o.Name() == name {
			number, err := strconv.ParseUint(npi, 10, 32)
			if err != nil {
				return expert.PlanSays{}, fault.New(fault.Invalid, "form.npi").Because(err)
			}
			return saysOf(o, uint32(number)), nil
		}
	}
	return expert.PlanSays{}, fault.New(fault.NotFound, "fault.not_found")
}

func saysOf(n *network.Network, npi uint32) expert.PlanSays {
	s := expert.PlanSays{Network: n.Name(), In: n.Has(npi), Accepting: n.Accepts(npi).String()}
	for _, from := range n.Sources() {
		s.Incomplete = s.Incomplete || from.Counts.External > 0 || from.Counts.Missing > 0
		if from.Updated != "" && (s.Of == "" || from.Updated < s.Of) {
			s.Of = from.Updated
		}
	}
	for _, r := range n.Rates(npi, "") {
		if r.Arrangement != "ffs" || r.Cents <= 0 || r.Kind == "percentage" || len(r.Modifiers) > 0 {
			continue
		}
		s.Prices = withRate(s.Prices, r)
	}
	return s
}

// withRate puts a rate to the others of its code and class.
func withRate(prices []expert.PlanPrice, r network.Rate) []expert.PlanPrice {
	until := r.Expires
	if strings.HasPrefix(until, noEnd) {
		until = ""
	}
	i := slices.IndexFunc(prices, func(p expert.PlanPrice) bool { return p.Code == r.Code && p.Class == r.Class })
	if i < 0 {
		return append(prices, expert.PlanPrice{Code: r.Code, Class: r.Class, Low: r.Cents, High: r.Cents, Expires: until, Group: r.Whole})
	}
	p := &prices[i]
	p.Low, p.High, p.Group = min(p.Low, r.Cents), max(p.High, r.Cents), p.Group || r.Whole
	if until != "" && (p.Expires == "" || until < p.Expires) {
		p.Expires = until
	}
	return prices
}
