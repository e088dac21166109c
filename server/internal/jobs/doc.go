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
// stands in memory only. There are two ways to be done once:
//
//   - An import and its undo are done in one transaction, which also writes that
//     they are done and takes the mark away: a server that stops in the middle
//     finds the job waiting, with nothing of it written, and begins again.
//   - What other rooms do (Maker) either writes nothing but its result, which is
//     credentials of kind "job_out", kept for a week, or is work that doing
//     again leaves as it is, such as closing months one by one.
package jobs
