// Package memlocal is a client.Local in memory: for tests and for programs
// that play thousands of phones. It can be cloned, taken back to a snapshot
// and, with a Shared, keeps documents that all phones hold only once.
//
// A transaction writes in place and keeps how to undo each step, so that its
// cost is that of what it changes.
package memlocal
