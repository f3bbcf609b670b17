package directory

import (
	"context"

	"consilium/internal/expert"
)

// Each gives every row's profile in the order of the file, those who are excluded too;
// volumes are left out. It stops at the first error of take, and when ctx ends.
func (d *Directory) Each(ctx context.Context, take func(expert.Profile) error) (err error) {
	defer d.guard(&err)()
	for row := range d.n {
		if row&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p, ok := d.full(row)
		if !ok {
			return d.damagedRow(row)
		}
		if err := take(p); err != nil {
			return err
		}
	}
	return nil
}
