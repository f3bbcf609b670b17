package actions

import (
	"context"
	"strings"
	"testing"

	"consilium/internal/fault"
)

func TestAPassphrasesHashIsSlowSaltedAndSaysItsCosts(t *testing.T) {
	ctx := context.Background()
	a, err := hashPassphrase(ctx, "green kettle under seven stairs")
	if err != nil {
		t.Fatal(err)
	}
	b, err := hashPassphrase(ctx, "green kettle under seven stairs")
	if err != nil {
		t.Fatal(err)
	}
	if string(a) == string(b) {
		t.Error("two hashes of one passphrase are the same: there is no salt")
	}
	if !strings.HasPrefix(string(a), "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Errorf("the hash does not say its costs: %s", a)
	}
	for passphrase, want := range map[string]bool{
		"green kettle under seven stairs":   true,
		" green kettle under seven stairs ": true, // spaces round it come from pasting
		"Green kettle under seven stairs":   false,
		"green kettle under seven stair":    false,
		"":                                  false,
	} {
		same, stale, err := samePassphrase(ctx, a, passphrase)
		if err != nil || same != want || stale {
			t.Errorf("%q: %v %v %v", passphrase, same, stale, err)
		}
	}
	if same, _, err := samePassphrase(ctx, nobody(), ""); same || err != nil {
		t.Errorf("nobody's hash fits something: %v", err)
	}
}

func TestAHashOfOldCostsStillWorksAndIsKnownAsOld(t *testing.T) {
	ctx := context.Background()
	old := cost{memory: 8192, time: 2, lanes: 1}
	salt := []byte("0123456789abcdef")
	sum, err := old.sum(ctx, "green kettle under seven stairs", salt)
	if err != nil {
		t.Fatal(err)
	}
	same, stale, err := samePassphrase(ctx, []byte(old.text(salt, sum)), "green kettle under seven stairs")
	if !same || !stale || err != nil {
		t.Errorf("same %v, stale %v, %v", same, stale, err)
	}
}

func TestADamagedHashIsDamagedAndNotWrong(t *testing.T) {
	for _, h := range []string{"", "x", "$argon2id$v=19$m=1,t=0,p=1$AA$AA", "$argon2id$v=18$m=8,t=1,p=1$AA$AA", "$bcrypt$v=19$m=8,t=1,p=1$AA$AA", "$argon2id$v=19$m=47104,t=1,p=1$!!$AA"} {
		if _, _, err := samePassphrase(context.Background(), []byte(h), "anything at all"); !fault.Is(err, fault.Damaged) {
			t.Errorf("%q: %v", h, err)
		}
	}
}

func TestAHashThatNobodyWaitsForIsNotMade(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	for range cap(hashing) {
		hashing <- struct{}{}
	}
	stop()
	_, err := hashPassphrase(ctx, "green kettle under seven stairs")
	for range cap(hashing) {
		<-hashing
	}
	if err == nil {
		t.Error("a hash was made over the limit")
	}
}
