package web

import (
	"net/http"
	"net/netip"
)

// AddressOf tells for a door beside this one where a request comes from, as this door
// counts tries.
func AddressOf(proxies []netip.Prefix) func(*http.Request) string {
	return (&doors{proxies: proxies}).from
}
