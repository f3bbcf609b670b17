package actions

import "context"

// ForgetOldTries drops the tries at signing in that no longer count. Somebody calls
// it every hour or so.
func (h *House) ForgetOldTries(ctx context.Context) error {
	return h.Accounts.PruneAttempts(ctx, h.Now().Add(-2*tryWindow))
}
