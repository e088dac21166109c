// Package phone is a phone in a terminal: the project's own sync engine on a
// folder of its own, with commands to activate it, log work offline, sync,
// and watch what the month still lacks. It shows what a native app would do
// and lets anybody try a server without one.
//
// The folder holds session.json (tokens; keep it to yourself) and phone.db
// (syncproto/client/boltlocal). Everything but activate and sync works without
// a network. Texts are Vietnamese, or English with --lang en.
package phone
