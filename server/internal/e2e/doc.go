// Package e2e tests the real binary from outside: as a child process that is
// killed, on a file that is then read without it. It has tests only.
package e2e
