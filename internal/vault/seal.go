package vault

import (
	"errors"

	"consilium/internal/casefile"

	"filippo.io/age"
)

// stanza is the name of our way to wrap a part's key, in the part's head.
const stanza = "consilium-case-key"

// owner wraps and unwraps the key of one part by the case's key, bound to the
// part's name, so that a part cannot be passed off as another.
type owner struct {
	key  casefile.Key
	name string
}

var (
	_ age.Recipient = (*owner)(nil)
	_ age.Identity  = (*owner)(nil)
)

func (o *owner) about() []byte { return []byte("consilium vault part 1\x00" + o.name) }

// Wrap fills age.Recipient.
func (o *owner) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	body, err := o.key.Seal(fileKey, o.about())
	if err != nil {
		return nil, err
	}
	return []*age.Stanza{{Type: stanza, Body: body}}, nil
}

// Unwrap fills age.Identity.
func (o *owner) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if len(stanzas) != 1 || stanzas[0].Type != stanza {
		return nil, damaged(errors.New("this is not a part of a case's file"))
	}
	return o.key.Open(stanzas[0].Body, o.about())
}
