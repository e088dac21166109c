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
// A job that waits has a due mark. It is done in one transaction, which also
// writes that it is done and takes the mark away: a server that stops in the
// middle finds it waiting, with nothing of it written, and begins again. How
// far it is stands in memory only.
package jobs
