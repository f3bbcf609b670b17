package actions

import (
	"testing"

	"consilium/internal/coverage"
)

func TestTheLawOfAPlanIsSaidOnlyWhereItsKindSettlesIt(t *testing.T) {
	for _, c := range []struct {
		why                        string
		kind, funding, situs, home string
		want                       string
	}{
		{"an employer that pays for itself is under ERISA", "ppo", "self_funded", "", "WA", "erisa"},
		{"and no state's law reaches it, also in California", "hmo", "self_funded", "CA", "CA", "erisa"},
		{"an insured HMO in California answers to its state", "hmo", "insured", "CA", "CA", "california"},
		{"where the policy's state is not known, home counts", "ppo", "insured", "", "CA", "california"},
		{"a policy of another state is not California's, wherever one lives", "hmo", "insured", "NY", "CA", ""},
		{"insured elsewhere: from a job or one's own, the kind does not say", "epo", "insured", "TX", "TX", ""},
		{"nobody knows who carries the risk", "pos", "", "CA", "CA", ""},
		{"nobody knows who carries the risk, and said so", "pos", "unknown", "CA", "CA", ""},
		{"Original Medicare", "medicare_original", "", "", "OH", "medicare_original"},
		{"Medicare Advantage of every kind", "medicare_advantage_hmo", "", "", "OH", "medicare_advantage"},
		{"", "medicare_advantage_ppo", "", "", "", "medicare_advantage"},
		{"", "medicare_advantage_other", "", "", "", "medicare_advantage"},
		{"Medicaid through a plan", "medicaid_managed", "", "", "", "medicaid_managed"},
		{"Medicaid from the state", "medicaid_ffs", "", "", "", "medicaid_ffs"},
		{"CHIP", "chip_managed", "", "", "", "chip_managed"},
		{"TRICARE of every kind", "tricare_prime", "", "", "", "tricare"},
		{"", "tricare_select", "", "", "", "tricare"},
		{"", "tricare_for_life", "", "", "", "tricare"},
		{"VA", "va", "", "", "", "va"},
		{"federal workers", "fehb", "insured", "", "CA", "fehb"},
		{"a short-term plan is under none of these laws", "short_term", "insured", "CA", "CA", ""},
		{"nor is workers' compensation", "workers_comp", "", "CA", "CA", ""},
		{"nobody said what kind it is", "", "insured", "CA", "CA", ""},
	} {
		p := coverage.Plan{Kind: c.kind, Funding: c.funding, SitusState: c.situs}
		if got := RegimeOf(p, c.home); got != c.want {
			t.Errorf("%s (%s %s %s %s): %q, not %q", c.why, c.kind, c.funding, c.situs, c.home, got, c.want)
		}
	}
}
