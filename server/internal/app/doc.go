// Package app wires everything together: configuration, the data folder, the
// services, the worker that follows commits, start and stop. It is the only
// place that knows everybody; the commands of the binary are here too.
//
// The data folder holds two files: banso.db, the store, and keys.json, the
// signing keys and the secret of hashes. New makes both only where neither is
// there; one without the other is refused, so that a lost file is never
// mistaken for a first start.
//
// Stop goes in reverse order with one deadline: no new requests, those under
// way end, then the worker, then the store. If a commit ended with an unknown
// outcome the app stops itself and Run returns the error: phones send again.
//
// Units: durations are time.Duration, addresses host:port.
package app
