package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// CheckListen refuses an address that others can reach over a line that others can
// read. Addr is what the server will listen on ("127.0.0.1:8080", ":443"); tls is
// the certificate's file, "" for none; behindProxy names the proxies that speak TLS
// for us, "" for none. The message is one line and says what to do.
func CheckListen(addr, tls, behindProxy string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("the address %q must be host:port, such as 127.0.0.1:8080", addr)
	}
	if _, err := Proxies(behindProxy); err != nil {
		return err
	}
	if tls != "" || behindProxy != "" || loopback(host) {
		return nil
	}
	return fmt.Errorf("refusing to listen on %s without TLS: others could read health records on the way; use 127.0.0.1, or give --tls-cert and --tls-key, or name your TLS proxy with --behind-proxy", addr)
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// Proxies reads the list of proxies that we believe when they say for whom a
// request comes: addresses or networks, with commas between ("10.0.0.5,10.1.0.0/16").
func Proxies(list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, one := range strings.Split(list, ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		if a, err := netip.ParseAddr(one); err == nil {
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(one)
		if err != nil {
			return nil, fmt.Errorf("--behind-proxy: %q must be an address or a network, such as 10.0.0.5 or 10.1.0.0/16", one)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// from is the network address that a request comes from, as tries are counted by
// it: an IPv6 address by its network of 64 bits, for a household has all of it.
// What a proxy says counts only from a proxy that we know, and then only the last
// address that no such proxy added: the rest anyone may write.
func (d *doors) from(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && d.proxy(a); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		a = next
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64)
		return p.Masked().String()
	}
	return a.String()
}

// proxy tells whether a request from this address comes through one of ours.
func (d *doors) proxy(a netip.Addr) bool {
	for _, p := range d.proxies {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
