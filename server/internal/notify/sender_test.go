package notify_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/notify/webpush"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

const senderPeople = 16

func senderPerson(i int) domain.ID { return syncproto.DerivedID("sender", "", fmt.Sprint(i)) }

// everybody is signed in.
type everybody struct{}

func (everybody) SignedIn(store.Reader, domain.ID, domain.ID) (bool, error) { return true, nil }

// TestSender is the process that TestDeliver_Kills kills: it tells and sends
// for ever, saying each step, or sends what is left and ends.
func TestSender(t *testing.T) {
	dir := os.Getenv("BANSO_SENDER")
	if dir == "" {
		t.Skip("it is started by TestDeliver_Kills alone")
	}
	var run int
	if _, err := fmt.Sscan(os.Getenv("BANSO_SENDER_RUN"), &run); err != nil {
		t.Fatal(err)
	}
	// An hour from one life to the next, so that no cap of a day is reached.
	now := time.Date(2026, 3, 10, 9, 0, 0, 0, domain.Zone).Add(time.Duration(run) * time.Hour)
	db, svc, err := openSender(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	deliver := func() {
		for more := true; more; {
			if more, err = svc.Deliver(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	deliver() // what the one before left
	fmt.Println("marked")
	for i := 0; os.Getenv("BANSO_SENDER_HOW") == ""; i++ {
		n := notify.Note{To: senderPerson((run + i) % senderPeople), Kind: notify.CodeIssued, Key: fmt.Sprint(run, "/", i)}
		if err := db.Update(t.Context(), func(tx store.Tx) error { return notify.Tell(tx, n) }); err != nil {
			t.Fatal(err)
		}
		fmt.Println("told", n.ID())
		if i%3 > 0 {
			deliver()
			fmt.Println("marked")
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func openSender(dir string, now time.Time) (*boltstore.Store, *notify.Service, error) {
	var f senderFile
	raw, err := os.ReadFile(filepath.Join(dir, "sender.json"))
	if err == nil {
		err = json.Unmarshal(raw, &f)
	}
	if err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(f.Cert)
	if err != nil {
		return nil, nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	path, clock := filepath.Join(dir, "shard.db"), func() time.Time { return now }
	_, err = os.Stat(path)
	db, err := boltstore.Open(path, boltstore.Options{Now: clock, Rand: rand.Reader, Create: errors.Is(err, os.ErrNotExist)})
	if err != nil {
		return nil, nil, err
	}
	ch, err := webpush.New(webpush.Config{Private: f.Private, Public: f.Public, Contact: "mailto:a@example.vn", Hosts: []string{f.Origin[len("https://"):]},
		Dial: (&net.Dialer{}).DialContext, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}})
	if err != nil {
		return nil, nil, err
	}
	return db, notify.New(notify.Config{Store: db, Now: clock, Sessions: everybody{}, Channels: []notify.Channel{ch}}), nil
}
