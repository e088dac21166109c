package client

import (
	"errors"
	"fmt"

	"github.com/banso/banso/syncproto"
)

// ErrExport says that a file is not an exported outbox.
var ErrExport = errors.New("client: not an exported outbox")

// Export returns everything of this phone that the server's backups may not
// hold: sent and outbox, as a JSON document.
func (e *Engine) Export() ([]byte, error) {
	list := []syncproto.RawMutation{}
	err := e.local.View(func(r LocalReader) error {
		list = list[:0]
		take := func(it *Item) bool { list = append(list, it.Raw); return true }
		if err := r.Sent(take); err != nil {
			return err
		}
		return r.Outbox(0, take)
	})
	if err != nil {
		return nil, err
	}
	return syncproto.EncodeOutboxFile(e.cfg.Person, list)
}

// Import appends the mutations of an exported outbox of the same person that
// this database does not have. It returns how many those were. Importing twice,
// or what the server has already, does no harm: mutations are known by fp.
func (e *Engine) Import(file []byte) (n int, err error) {
	x, err := syncproto.DecodeOutboxFile(file)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrExport, err)
	}
	if x.Person != e.cfg.Person {
		return 0, ErrOtherPerson
	}
	for _, raw := range x.Mutations {
		if len(raw) > syncproto.MaxMutationBytes {
			return 0, &RefusedError{syncproto.CodeTooLarge, errTooLarge}
		}
		m, err := syncproto.DecodeMutation(raw)
		if err != nil || m.By != e.cfg.Person {
			return 0, fmt.Errorf("%w: a mutation in it is damaged", ErrExport)
		}
	}
	err = e.local.Update(func(tx LocalTx) error {
		n = 0
		return e.importInto(tx, x.Mutations, &n)
	})
	return n, err
}

func (e *Engine) importInto(tx LocalTx, list []syncproto.RawMutation, n *int) error {
	have := map[syncproto.FP]bool{}
	note := func(it *Item) bool { have[it.FP] = true; return true }
	if err := tx.Sent(note); err != nil {
		return err
	}
	if err := tx.Outbox(0, note); err != nil {
		return err
	}
	meta, err := tx.Meta()
	if err != nil {
		return err
	}
	for _, raw := range list {
		fp := syncproto.Fingerprint(raw)
		if have[fp] {
			continue
		}
		have[fp] = true
		m, err := syncproto.DecodeMutation(raw)
		if err != nil {
			return err
		}
		meta.Top++
		meta.LastT = max(meta.LastT, m.T)
		it := &Item{N: meta.Top, FP: fp, Op: m.Op, Key: Key{m.Type, m.ID}, T: m.T, Raw: raw}
		if err := tx.PutOutbox(it); err != nil {
			return err
		}
		*n++
	}
	return tx.SetMeta(meta)
}
