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
