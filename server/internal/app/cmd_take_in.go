package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// maxOutboxFile is far above what a phone can hold back in three months.
const maxOutboxFile = 64 << 20

// takeIn hands in what a phone that can't reach the server saved as a file. It
// is a push of that person: the same rules, the same rights as of today, and
// what the server has already changes nothing.
func takeIn(ctx context.Context, data, path string, dryRun bool, out io.Writer) (err error) {
	if err := existing(data); err != nil {
		return err
	}
	f, err := outboxFile(path)
	if err != nil {
		return err
	}
	a, err := open(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	var who domain.Person
	err = a.store.View(ctx, func(r store.Reader) (err error) { who, err = roster.Person(r, f.Person); return err })
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d steps of %s\n", path, len(f.Mutations), who.Name)
	if dryRun {
		return nil
	}
	told := map[string]int{}
	for part := range slices.Chunk(f.Mutations, syncproto.MaxMutationsPerPush) {
		verdicts, err := a.sync.Submit(ctx, domain.Caller{Person: f.Person}, part)
		if err != nil {
			return err
		}
		for _, v := range verdicts {
			what := string(v.V)
			if v.Code != "" {
				what += " " + string(v.Code)
			}
			told[what]++
		}
	}
	for _, what := range slices.Sorted(maps.Keys(told)) {
		fmt.Fprintf(out, "  %d %s\n", told[what], what)
	}
	return nil
}

func outboxFile(path string) (*syncproto.OutboxFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxOutboxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxOutboxFile {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, maxOutboxFile)
	}
	return syncproto.DecodeOutboxFile(b)
}
