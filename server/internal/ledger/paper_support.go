package ledger

import (
	"errors"

	"github.com/banso/banso/server/internal/papers"
)

func (b *lister) officers(papers.Head, papers.Policy) (papers.Doc, error) {
	return nil, errors.ErrUnsupported
}
func (b *lister) awards(papers.Head, papers.Policy) (papers.Doc, error) {
	return nil, errors.ErrUnsupported
}
