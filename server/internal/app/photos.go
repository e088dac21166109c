package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// lost says which photos are not what the records claim.
func lost(names []string) error {
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("%d photos are missing or damaged, the first: %s", len(names), names[0])
}

// withStore opens a stopped server's file for reading.
func withStore(data string, do func(*boltstore.Store) error) error {
	st, err := boltstore.Open(StorePath(data), boltstore.Options{ReadOnly: true})
	if err != nil {
		return sentence(data, err)
	}
	return errors.Join(do(st), st.Close())
}

// checkPhotos verifies every photo that the records name.
func checkPhotos(data string, out io.Writer) (problems int, err error) {
	err = withStore(data, func(st *boltstore.Store) error {
		n, list, err := blob.Check(context.Background(), st, data)
		fmt.Fprintf(out, "%s: %d photos\n", data, n)
		for _, p := range list {
			fmt.Fprintln(out, "  "+p)
		}
		problems = len(list)
		return err
	})
	return problems, err
}

// checkFigures counts again what the dashboard shows.
func checkFigures(data string, out io.Writer) (problems int, err error) {
	err = withStore(data, func(st *boltstore.Store) error {
		n, list, err := stats.Check(context.Background(), st)
		fmt.Fprintf(out, "%s: %d counters of the figures\n", data, n)
		for _, p := range list {
			fmt.Fprintln(out, "  "+p)
		}
		problems = len(list)
		return err
	})
	return problems, err
}
