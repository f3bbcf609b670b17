package actions

import (
	"slices"

	"consilium/internal/casefile"
	"consilium/internal/expert"
)

// PlanSays gives what the plan network that the person chose in the search says of a
// clinician. ok is false where none was chosen, where it was taken away, or where the
// clinician's number is not known.
func (h *House) PlanSays(c *casefile.Case, npi string) (says expert.PlanSays, ok bool, err error) {
	wish, _, err := casefile.Read[expert.Wish](c, expert.SearchRef)
	if err != nil || !casefile.IsNPI(npi) || !slices.Contains(h.PlanNetworks(), wish.Network) {
		return expert.PlanSays{}, false, err
	}
	says, err = h.Networks.Says(wish.Network, npi)
	return says, err == nil, err
}
