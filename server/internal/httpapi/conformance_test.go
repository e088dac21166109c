package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/banso/banso/syncproto/prototest"
)

// TestConformance: what SPEC.md promises of an exchange, and of requests that
// are broken as a whole, holds over the real routes of this server, not only
// for the model that the checks are tried on. When a server is busy is
// syncsvc's matter: TestSync_TroubleThatPasses.
func TestConformance(t *testing.T) {
	w := newWorld(t)
	server := prototest.HTTP{Base: "http://banso.test", Token: w.as[member].Token(), Client: &http.Client{Transport: w.wire}}
	target := prototest.Target{Server: server, Person: w.who[member], Team: w.team["T1"], Day: "2023-06-19", Category: "TUYEN_TRUYEN_LOA"}
	prototest.Conformance(t, target)
	t.Run("Envelope", func(t *testing.T) { prototest.Envelope(t, server, target) })
}
