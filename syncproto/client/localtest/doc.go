// Package localtest is the suite that every client.Local passes: a model of
// maps beside it, random transactions of which some fail or panic, and a
// comparison of everything that can be read, also after opening it again.
package localtest
