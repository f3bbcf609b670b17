package healthcard_test

import (
	"bytes"
	"compress/flate"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"consilium/internal/intake/healthcard"
)

const openCards = "../../../../shared/data/open/shc/"

// issuer signs cards for a test.
type issuer struct {
	private *ecdsa.PrivateKey
	jwk     string
	kid     string
}

func newIssuer(t testing.TB) issuer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := k.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	x, y := base64.RawURLEncoding.EncodeToString(point[1:33]), base64.RawURLEncoding.EncodeToString(point[33:])
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + y + `"}`))
	kid := base64.RawURLEncoding.EncodeToString(sum[:])
	return issuer{k, fmt.Sprintf(`{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":%q,"x":%q,"y":%q}`, kid, x, y), kid}
}

func (i issuer) trust(t testing.TB, rids ...string) healthcard.Trust {
	t.Helper()
	crl, _ := json.Marshal(map[string]any{"kid": i.kid, "method": "rid", "ctr": 1, "rids": rids})
	snapshot := `{"issuerInfo":[{"issuer":{"iss":"https://issuer.example","name":"Mercy"},"keys":[` + i.jwk + `],"crls":[` + string(crl) + `]}]}`
	trust, err := healthcard.ParseTrust([]byte(snapshot))
	if err != nil {
		t.Fatal(err)
	}
	trust.Now = time.Unix(1_700_000_000, 0)
	return trust
}

func (i issuer) sign(t testing.TB, header string, payload string) string {
	t.Helper()
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression)
	_, _ = w.Write([]byte(payload))
	_ = w.Close()
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(packed.Bytes())
	sum := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, i.private, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

func header(kid string) string { return fmt.Sprintf(`{"alg":"ES256","zip":"DEF","kid":%q}`, kid) }

func TestACardSaysWhatItsSignatureIsWorth(t *testing.T) {
	us, other := newIssuer(t), newIssuer(t)
	trust := us.trust(t, "called-back", "old.1650000000")
	body := func(iss, more string) string {
		return `{"iss":"` + iss + `","nbf":1600000000` + more + `}`
	}
	const home = "https://issuer.example"
	good := us.sign(t, header(us.kid), body(home, ""))
	changed := strings.Split(good, ".")
	changed[1] = strings.Split(us.sign(t, header(us.kid), body(home, `,"x":1`)), ".")[1]
	for name, c := range map[string]struct {
		token string
		want  []string
	}{
		"right":                 {good, []string{healthcard.Valid}},
		"nobody vouches":        {us.sign(t, header(us.kid), body("https://elsewhere.example", "")), []string{healthcard.UnknownIssuer}},
		"another key":           {other.sign(t, header(other.kid), body(home, "")), []string{healthcard.UnknownKey}},
		"signed by another":     {other.sign(t, header(us.kid), body(home, "")), []string{healthcard.Forged}},
		"changed":               {strings.Join(changed, "."), []string{healthcard.Forged}},
		"no signature":          {good[:strings.LastIndexByte(good, '.')+1], []string{healthcard.Forged}},
		"unsigned by its word":  {us.sign(t, `{"alg":"none","kid":"`+us.kid+`"}`, body(home, "")), []string{healthcard.Algorithm}},
		"expired":               {us.sign(t, header(us.kid), body(home, `,"exp":1650000000`)), []string{healthcard.Valid, healthcard.Expired}},
		"not yet":               {us.sign(t, header(us.kid), strings.Replace(body(home, ""), "16000", "19000", 1)), []string{healthcard.Valid, healthcard.TooEarly}},
		"called back":           {us.sign(t, header(us.kid), body(home, `,"vc":{"rid":"called-back"}`)), []string{healthcard.Valid, healthcard.Revoked}},
		"called back till then": {us.sign(t, header(us.kid), body(home, `,"vc":{"rid":"old"}`)), []string{healthcard.Valid, healthcard.Revoked}},
		"signed after that":     {us.sign(t, header(us.kid), strings.Replace(body(home, `,"vc":{"rid":"old"}`), "16000", "16600", 1)), []string{healthcard.Valid}},
		"not a card":            {"eyJ.x", []string{healthcard.Damaged}},
		"not base64":            {"***.x.y", []string{healthcard.Damaged}},
	} {
		payload, said := healthcard.Open(c.token, trust)
		if !slices.Equal(said, c.want) {
			t.Errorf("%s: %v, want %v", name, said, c.want)
		}
		if believed := c.want[0] == healthcard.Valid || c.want[0] == healthcard.UnknownIssuer || c.want[0] == healthcard.UnknownKey; believed != (payload != nil) {
			t.Errorf("%s: what it says was given: %v", name, payload != nil)
		}
	}
}

func TestACardIsFoundInItsCodes(t *testing.T) {
	token := newIssuer(t).sign(t, header("k"), `{"iss":"x"}`)
	var digits strings.Builder
	for _, c := range []byte(token) {
		fmt.Fprintf(&digits, "%02d", c-45)
	}
	d := digits.String()
	third := len(d) / 3
	pieces := []string{"shc:/2/3/" + d[third:2*third], "shc:/1/3/" + d[:third], "shc:/3/3/" + d[2*third:]}
	for name, text := range map[string]string{"one code": "shc:/" + d, "three codes": strings.Join(pieces, "\n"), "a code twice": strings.Join(append(pieces, pieces[0]), "\r\n"), "itself": token + "\n"} {
		if got, whole := healthcard.Tokens(text); !whole || len(got) != 1 || got[0] != token {
			t.Errorf("%s: %v %v", name, got, whole)
		}
	}
	for _, text := range []string{strings.Join(pieces[:2], "\n"), "shc:/1/0/12", "shc:/x/2/12", "shc:/1/2/3/4", ""} {
		if _, whole := healthcard.Tokens(text); whole {
			t.Errorf("%.20q is whole", text)
		}
	}
}

func TestTheKeysOfARealIssuerAreRead(t *testing.T) {
	b, err := os.ReadFile(openCards + "jwks.json")
	if err != nil {
		t.Skip("the open records are not here")
	}
	keys, err := healthcard.ParseKeys(b)
	if err != nil || len(keys) < 2 || keys[0].ID != "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s" {
		t.Errorf("%v %v", keys, err)
	}
	if _, err := healthcard.ParseKeys(bytes.Replace(b, []byte(`"3Kfdg`), []byte(`"4Kfdg`), 1)); err == nil {
		t.Error("a key under another's id was taken")
	}
	crl, err := os.ReadFile(openCards + "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := healthcard.ParseRevocation(crl)
	if err != nil || r.KeyID != keys[0].ID || len(r.Cards) != 4 || r.Cards["vwAjHdarZuc"] != 1664492124 || r.Cards["FKDIxsTCGlU"] != 0 {
		t.Errorf("%+v %v", r, err)
	}
}

func FuzzCard(f *testing.F) {
	i := newIssuer(f)
	f.Add(i.sign(f, header(i.kid), `{"iss":"https://issuer.example","vc":{"rid":"a"}}`))
	f.Add("shc:/5676\nshc:/1/2/56")
	trust := i.trust(f, "a")
	f.Fuzz(func(t *testing.T, s string) {
		tokens, _ := healthcard.Tokens(s)
		for _, token := range tokens {
			if payload, said := healthcard.Open(token, trust); len(said) == 0 || payload != nil && slices.Contains(said, healthcard.Forged) {
				t.Fatal(said)
			}
		}
		_, _ = healthcard.ParseTrust([]byte(s))
	})
}
