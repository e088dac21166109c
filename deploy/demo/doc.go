// Package demo plays a province: a generator that turns a seed into a plan of
// communes, teams and what they do from June to December 2023, and a driver
// that lets phones, chairs and the province carry it out against a running
// server. The driver speaks only HTTP, through the sync engine that phones use
// and through the typed client that tools use; what is paid is read from the
// server and never computed here.
//
// Lists are drafted, issued, paid and printed through the server once December
// is closed, and the run ends with a proof of all decisions.
//
// What is sourced: the units (deploy/data), 173 communes and 1,356 village
// teams in Yên Bái in 2023, 771 of them in registered communes, decisions
// 894/QĐ-UBND of 1/6/2023 and 1845/QĐ-UBND of 12/10/2023. What is invented and
// marked as an assumption: villages, people (their names end in NameMark), how
// teams are spread over communes, which communes are registered, everything
// that anybody does, and the registration of 2024.
//
// A plan depends on its seed and scale only; ids, codes and passwords are the
// server's or random and differ from run to run.
//
// Units: months are yyyy-mm, days yyyy-mm-dd, in UTC+7; money is int64 đồng.
package demo
