// Package helm holds the chart of Bản Số for Kubernetes. A test has helm lint
// it and render it, compares with what is committed, and holds what must be
// true of every rendering: one replica, no root, a root file system that can't
// be written, probes, and a network policy that lets only what is needed through.
package helm
