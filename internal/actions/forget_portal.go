package actions

import (
	"context"

	"consilium/internal/casefile"
	"consilium/internal/consent"
	"consilium/internal/fault"
	"consilium/internal/records"
)

// ForgetPortal ends what a person agreed with a portal: the portal is told, where it
// can be told, and the token is destroyed whatever it answers. The records that came
// stay. A pull that runs ends with the page it is at.
func (h *House) ForgetPortal(ctx context.Context, who casefile.Person, c *casefile.Case, portal string) error {
	if err := h.may(ctx, who, c, consent.Write); err != nil {
		return err
	}
	conn, version, err := casefile.Read[records.Connection](c, records.ConnectionRef(portal))
	if err != nil {
		return err
	}
	if version == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	secret, err := h.portalSecret(ctx, c, conn.Secret)
	if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Damaged) {
		return err
	}
	if h.Portals != nil && secret.Token.Access != "" {
		_ = h.Portals.Revoke(ctx, portal, secret.Token) // what matters is that we no longer have it
	}
	return h.keepConnection(ctx, who, c, "forget_portal", conn, version, portalSecret{}, records.Connection{Portal: portal, State: records.PortalForgotten})
}
