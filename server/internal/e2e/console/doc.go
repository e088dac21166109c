// Package console_test holds the browser journeys of the console: the real
// server in this process, Chromium before it. The world has one commune with
// its staff and teams, and the province; see world_test.go.
package console
