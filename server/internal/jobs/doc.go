// Package jobs does long work beside the requests that asked for it: who starts
// a job gets its id at once, sees how far it is, may cancel it, and hears when
// it is done. Jobs live in the store:
//
//	type  scopes                             document
//	job   sys:jobs, sys:jobs/<who started>   Job
//
// What a job was given and what is needed to take it back are credentials of
// kind "job_in" and "job_trace" (no history; gone when the job is done, and
// 90 days later).
//
// A job that waits has a due mark; who works takes the oldest. How far it is
// stands in memory. There are three ways to be done once:
//
//   - A short import and its undo are done in one transaction, which also writes
//     that they are done and takes the mark away: a server that stops in the
//     middle finds the job waiting, with nothing of it written, and begins again.
//   - A long one is written in parts, each with a note of how far it is (a
//     credential of kind "job_stand"), and goes on from there, or all the way
//     back (ADR 0020).
//   - What other rooms do (Maker) either writes nothing but its result, which is
//     credentials of kind "job_out", kept for a week, or is work that doing
//     again leaves as it is, such as closing months one by one.
package jobs
