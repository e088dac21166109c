package memlocal_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/localtest"
	"github.com/banso/banso/syncproto/client/memlocal"
)

func TestLocal_Suite(t *testing.T) {
	localtest.Run(t, func(t *testing.T) (client.Local, func() client.Local) {
		l := memlocal.New(memlocal.WithShared(memlocal.NewShared()))
		return l, func() client.Local { return l }
	})
}

func TestLocal_SnapshotRestoreClone(t *testing.T) {
	l := memlocal.New()
	add := func(l *memlocal.Local, n int64) {
		t.Helper()
		err := l.Update(func(tx client.LocalTx) error {
			if err := tx.PutOutbox(&client.Item{N: n}); err != nil {
				return err
			}
			return tx.PutRecord(&client.Record{Key: client.Key{Type: "t", ID: "x"}, Rev: n, Doc: []byte("{}"), Marks: []client.Mark{{Scope: "ref"}}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	add(l, 1)
	before := localtest.Dump(t, l)
	snap, twin := l.Snapshot(), l.Clone()
	add(l, 2)
	after := localtest.Dump(t, l)
	if diff := cmp.Diff(before, localtest.Dump(t, twin)); diff != "" {
		t.Fatalf("the clone follows its original:\n%s", diff)
	}
	add(twin, 3)
	if diff := cmp.Diff(after, localtest.Dump(t, l)); diff != "" {
		t.Fatalf("the original follows its clone:\n%s", diff)
	}
	for range 2 {
		l.Restore(snap)
		if diff := cmp.Diff(before, localtest.Dump(t, l)); diff != "" {
			t.Fatalf("restored (-want +got):\n%s", diff)
		}
		add(l, 4)
	}
}

func TestShared_OneCopy(t *testing.T) {
	s := memlocal.NewShared()
	a, b := memlocal.New(memlocal.WithShared(s)), memlocal.New(memlocal.WithShared(s))
	k := client.Key{Type: "category", ID: "x"}
	var docs []*byte
	for _, l := range []*memlocal.Local{a, b} {
		err := l.Update(func(tx client.LocalTx) error {
			return tx.PutRecord(&client.Record{Key: k, Doc: []byte(`{"a":1}`), Marks: []client.Mark{{Scope: "ref"}}})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = l.View(func(r client.LocalReader) error {
			rec, err := r.Record(k)
			docs = append(docs, &rec.Doc[0])
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if docs[0] != docs[1] {
		t.Fatal("two phones hold two copies of one document")
	}
}
