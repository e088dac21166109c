// Package faults breaks the machine under the server: disks that lose power,
// lie, fill up or go bad, system calls that fail at the n-th time, processes
// that run out of what they need. It has tests only; deploy/FAULTS.md is their
// table.
package faults
