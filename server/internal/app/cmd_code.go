package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/banso/banso/server/internal/domain"
)

// makeCode issues an activation code on a stopped server, in the name of its
// administrator: for himself, when he has lost phone and password, or for
// somebody else. Who can stop the server and read its file needs no other right.
func makeCode(ctx context.Context, data string, person domain.ID, out io.Writer) (err error) {
	if err := existing(data); err != nil {
		return err
	}
	a, err := open(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	admin, err := a.administrator(ctx)
	if err != nil {
		return err
	}
	if person == "" {
		person = admin
	}
	code, err := a.auth.OperatorCode(ctx, admin, person)
	if err != nil {
		return err
	}
	if code.Error != "" {
		return fmt.Errorf("no code for %s: %s", person, code.Error)
	}
	fmt.Fprintf(out, "%s  %s\n", code.Person, code.Code)
	return nil
}
