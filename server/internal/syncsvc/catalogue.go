package syncsvc

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// catalogue is the set of activity categories at one state of scope ref. It
// is read from committed snapshots only, so that what a write transaction saw
// and then undid can't stay.
type catalogue struct {
	last  int64 // seq of ref's newest entry
	codes kinds
}

// kinds are the last days of which entries of each kind are taken; "" where a
// kind is not retired.
type kinds map[string]domain.Date

// takes reports whether work of a day may be of a kind. Work from before a kind
// was retired counts whenever it arrives.
func (k kinds) takes(code string, on domain.Date) bool {
	until, known := k[code]
	return known && (until == "" || on <= until)
}

// warm reads the catalogue again if ref has changed.
func (s *Service) warm(r store.Reader) error {
	ref, err := r.Scope(syncproto.ScopeRef)
	if err != nil {
		return err
	}
	if c := s.catalogue.Load(); c != nil && c.last == ref.Last {
		return nil
	}
	codes, err := readCatalogue(r)
	if err == nil {
		s.catalogue.Store(&catalogue{last: ref.Last, codes: codes})
	}
	return err
}

// catalogueIn is the catalogue as a transaction sees it.
func (s *Service) catalogueIn(r store.Reader) (kinds, error) {
	ref, err := r.Scope(syncproto.ScopeRef)
	if err != nil {
		return nil, err
	}
	if c := s.catalogue.Load(); c != nil && c.last == ref.Last {
		return c.codes, nil
	}
	return readCatalogue(r)
}

func readCatalogue(r store.Reader) (kinds, error) {
	codes := kinds{}
	var bad error
	err := r.Members(syncproto.ScopeRef, syncproto.TypeCategory, func(rec *store.Record) bool {
		var d syncproto.Doc
		if d, bad = syncproto.SplitCanonical(rec.Doc); bad == nil {
			codes[d.Str("code")] = domain.Date(d.Str("until"))
		}
		return bad == nil
	})
	if err == nil {
		err = bad
	}
	return codes, err
}
