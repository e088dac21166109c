// Package sim is the deterministic simulation of the whole: 6 to 12 phones
// with the real sync engine, the real handlers and a real bbolt file, inside a
// testing/synctest bubble. Messages are lost, doubled, delayed, reordered and
// cut; phones are killed between local transactions, restored from older
// copies and cloned; the server is killed and restored from backups; offices
// change hands; months close, reopen, are corrected, disputed and funded; lists
// are drafted, issued, replaced and paid, and leaders say what arrived. Then
// the faults stop, and all must agree.
//
// One seed is one history: each actor draws from its own PCG stream and acts
// at nanoseconds of its own, so no two of them ever run at the same moment.
// The digest of the trace is compared between two runs of the same seed.
//
// What is right is judged by the package oracle, which imports nothing of this
// module. Under mutants/ are small wrong changes of the code; each of them
// must make a history fail.
//
// Everything but the oracle is in test files:
//
//	go test ./server/internal/sim                       500 histories (40 with -short)
//	CHECK=full go test -timeout 60m …                   10,000
//	CHECK=soak go test -timeout 24h …                   1,000,000; goes on where it stopped (SIM_STATE names the file)
//	SIM_SEED=17 go test -v -run TestSim$ …              one history with its whole trace
//	CHECK_MUTANTS=1 go test -run TestMutants -timeout 20m …
//
// Times: the bubble's clock starts in 2000 and is moved to June 2023.
package sim
