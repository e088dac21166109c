// Package storetest is the suite that every engine of store passes: random
// transactions against a model in plain maps that shares no code with any
// engine, each closure run twice, commits that fail as applied and as not
// applied, restarts, and many writers and readers at once.
package storetest
