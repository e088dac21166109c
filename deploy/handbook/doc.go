// Package handbook holds deploy/RUNBOOK.md and its fellows to what is true: a
// test runs every block of commands of the runbook against the real binaries,
// in a folder that stands for the machine, after doing the harm that the
// chapter is about.
package handbook
