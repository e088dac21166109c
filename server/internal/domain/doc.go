// Package domain has the nouns and the pure rules of Bản Số: months and days
// in UTC+7, money in đồng, roles and rights by date, units over time, what an
// activity, a report, a team-month are, and the errors that services return.
// No input or output, no clock, no store.
//
// Units: Money is int64 đồng; Month is yyyy-mm; Date is yyyy-mm-dd; fields
// that end in Ms are milliseconds since 1970 UTC; coordinates are micro-degrees;
// durations of activities are minutes.
package domain
