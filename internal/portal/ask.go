package portal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"consilium/internal/fault"
)

// request is one question to a portal.
type request struct {
	address string
	accept  string
	token   string     // "" asks without
	form    url.Values // nil is a GET
	limit   int64
}

const fhirJSON = "application/fhir+json, application/json;q=0.9"

// ask puts a question and gives the answer's bytes. The address is checked to be the
// portal's own, so a token never goes anywhere else.
func (ps *Portals) ask(ctx context.Context, p *portal, q request) ([]byte, http.Header, error) {
	u, err := url.Parse(q.address)
	if err != nil || !p.ours(u) {
		return nil, nil, elsewhere()
	}
	method, body := http.MethodGet, io.Reader(nil)
	if q.form != nil {
		method, body = http.MethodPost, strings.NewReader(q.form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, nil, elsewhere()
	}
	r.Header.Set("Accept", q.accept)
	r.Header.Set("User-Agent", "Consilium")
	if q.form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if q.token != "" {
		r.Header.Set("Authorization", "Bearer "+q.token)
	}
	res, err := ps.client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, fault.New(fault.Internal, "fault.internal").Because(ctx.Err())
		}
		return nil, nil, busy(30 * time.Second) // not there at the moment
	}
	defer res.Body.Close()
	if err := ps.wrong(res); err != nil {
		return nil, nil, err
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, q.limit+1))
	switch {
	case int64(len(b)) > q.limit:
		return nil, nil, tooLarge()
	case err != nil:
		return nil, nil, busy(5 * time.Second) // cut off
	}
	return b, res.Header, nil
}

// wrong says what an answer's status means.
func (ps *Portals) wrong(res *http.Response) error {
	switch s := res.StatusCode; {
	case s >= 200 && s < 300:
		return nil
	case s >= 300 && s < 400:
		return elsewhere()
	case s == http.StatusUnauthorized:
		return signedOut()
	case s == http.StatusForbidden:
		return fault.New(fault.Forbidden, "records.portal.fault.refused").Because(answered(s))
	case s == http.StatusNotFound || s == http.StatusGone:
		return fault.New(fault.NotFound, "records.portal.fault.refused").Because(answered(s))
	case s == http.StatusTooManyRequests || s >= 500:
		return busy(ps.wait(res.Header.Get("Retry-After")))
	default:
		return fault.New(fault.Invalid, "records.portal.fault.refused").Because(answered(s))
	}
}

func answered(status int) error { return fmt.Errorf("the portal answered %d", status) }

// longestWait is the most that we let a portal put us off by one answer.
const longestWait = time.Hour

// wait reads Retry-After: seconds or a date.
func (ps *Portals) wait(after string) time.Duration {
	wait := 30 * time.Second
	if n, err := strconv.Atoi(strings.TrimSpace(after)); err == nil && n >= 0 {
		wait = time.Duration(min(n, 1e6)) * time.Second
	} else if at, err := http.ParseTime(after); err == nil {
		wait = at.Sub(ps.now())
	}
	return min(max(wait, time.Second), longestWait)
}

func busy(wait time.Duration) error {
	return fault.New(fault.TooMany, "records.portal.fault.busy").With("seconds", strconv.Itoa(int(wait/time.Second)))
}

func tooLarge() error { return fault.New(fault.TooLarge, "records.portal.fault.too_large") }

func signedOut() error { return fault.New(fault.Unauthenticated, "records.portal.fault.signed_out") }

func elsewhere() error {
	return fault.New(fault.Refused, "records.portal.fault.elsewhere").Because(errors.New("an address that is not the portal's, or a redirect"))
}

// nonsense is an answer that is not what the standard says.
func nonsense(err error) error {
	return fault.New(fault.Refused, "records.portal.fault.nonsense").Because(err)
}
