package intake_test

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"consilium/internal/clinical"
	"consilium/internal/intake"
	"consilium/internal/intake/healthcard"
)

// A real bundle of the open set, on a card that is signed for the test.
func TestACardIsReadAsFarAsItsSignatureIsBelieved(t *testing.T) {
	bundle, err := os.ReadFile(openData + "/shc/covid-vaccines-bundle.json")
	if err != nil {
		t.Skip("the open records are not here")
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	x, y := b64(point[1:33]), b64(point[33:])
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + y + `"}`))
	kid := b64(sum[:])
	trust, err := healthcard.ParseTrust([]byte(fmt.Sprintf(
		`{"issuerInfo":[{"issuer":{"iss":"https://issuer.example"},"keys":[{"kty":"EC","crv":"P-256","kid":%q,"x":%q,"y":%q}],"crls":[{"kid":%q,"method":"rid","rids":["gone"]}]}]}`, kid, x, y, kid)))
	if err != nil {
		t.Fatal(err)
	}
	trust.Now = time.Unix(1_700_000_000, 0)
	card := func(rid string) string {
		payload, err := json.Marshal(map[string]any{"iss": "https://issuer.example", "nbf": 1_600_000_000, "vc": map[string]any{
			"rid": rid, "credentialSubject": map[string]any{"fhirVersion": "4.0.1", "fhirBundle": json.RawMessage(bundle)},
		}})
		if err != nil {
			t.Fatal(err)
		}
		var packed bytes.Buffer
		w, _ := flate.NewWriter(&packed, flate.BestCompression)
		_, _ = w.Write(payload)
		_ = w.Close()
		signed := b64([]byte(`{"alg":"ES256","zip":"DEF","kid":"`+kid+`"}`)) + "." + b64(packed.Bytes())
		hash := sha256.Sum256([]byte(signed))
		r, s, err := ecdsa.Sign(rand.Reader, private, hash[:])
		if err != nil {
			t.Fatal(err)
		}
		return signed + "." + b64(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
	}
	good := card("here")
	forged := good[:len(good)-86] + strings.Repeat("A", 86)
	for name, c := range map[string]struct {
		text  string
		trust healthcard.Trust
		key   string
		facts int
	}{
		"right":          {good, trust, "card_valid", 3},
		"in a file":      {`{"verifiableCredential":["` + good + `"]}`, trust, "card_valid", 3},
		"nobody vouches": {good, healthcard.Trust{}, "card_unknown", 3},
		"called back":    {card("gone"), trust, "card_revoked", 3},
		"forged":         {forged, trust, "card_forged", 0},
	} {
		r := intake.Read(context.Background(), "card", strings.NewReader(c.text), int64(len(c.text)), intake.Options{Cards: c.trust})
		if r.Kind != clinical.FileHealthCard || !hasKey(r, "intake.fhir."+c.key) || len(r.Facts) != c.facts || (r.Patient != nil) != (c.facts > 0) {
			t.Errorf("%s: %s, %d facts, %+v", name, r.Kind, len(r.Facts), r.Issues)
		}
		if c.facts > 0 && !strings.Contains(r.Facts[0].Source.Path, ".vc.credentialSubject.fhirBundle.entry[1].resource") {
			t.Errorf("%s: %s", name, r.Facts[0].Source.Path)
		}
	}
}
