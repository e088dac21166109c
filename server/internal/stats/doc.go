// Package stats counts activities as they are written, in the same
// transaction, and answers the dashboard from these counters alone: the cost
// of a summary grows with the number of communes, not of records.
//
// Counted per commune and month: activities by state, and of the approved
// ones the number per category and the sums of their measures. A measure
// keeps its own name and its category, so that people (người), visits (lượt),
// households (hộ) and files (hồ sơ) are never added to one another. A measure
// that was not given is not counted as 0: "n" says how many gave it.
//
// Team-months are counted the same way when their progress record is written,
// under the commune that the record names. Check counts everything again from
// the records; `banso check` runs it, and so does each simulated history.
//
// Each run of the server leaves a mark (Resume). A start that finds that a
// program without it has written since, an older one or an offline tool,
// counts everything again, some at a time and while phones are served
// (Recount).
//
// Who asks, and what he gets:
//
//   - Board, for screens: all of a dashboard in one answer; unchanged it costs a
//     few reads. What hangs on the day and on contacts of phones (silent teams,
//     coverage) is looked at once a minute at most.
//     Indicators, targets with a day that the province sets, stand in it with
//     what is there by now; each setting stays in the record's history.
//   - Summary and Flat, for programs: by unit, and by month and unit.
//   - Letter, for officers who asked: the board's answer in words, sent weekly or
//     monthly by package notify.
//   - Activities and TeamMonths: the records that a figure counts, without
//     note, photo or person.
//
// Keys of counters:
//
//	stats/<yyyy-mm>/<commune>/s/<state>               activities in a state
//	stats/<yyyy-mm>/<commune>/a/<category>            approved activities
//	stats/<yyyy-mm>/<commune>/m/<category>/<measure>  sum over approved ones
//	stats/<yyyy-mm>/<commune>/n/<category>/<measure>  how many gave it
//	stats/<yyyy-mm>/<commune>/t/<stage>               team-months in a stage
//	stats/<yyyy-mm>/<commune>/x/teams                 team-months with an activity
//	stats/<yyyy-mm>/<commune>/r/<result>              closed team-months by result
//	stats/<yyyy-mm>/<commune>/d/<money state>         closed team-months by state of their money
//	stats/<yyyy-mm>/<commune>/v/<sum>                 đồng due, decided, listed, paid, received
//	stats/<yyyy-mm>/<commune>/w/<review day>          activities that wait for that review day
//	stats/version                                     number of changes so far
package stats
