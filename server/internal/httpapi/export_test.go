package httpapi

import (
	"maps"
	"slices"
)

// RouteInfo is a line of the table, for tests from outside.
type RouteInfo struct {
	Method, Path string
	Open, Push   bool // no sign-in; also push-only access
	Query        []string
}

// Routes is the table.
func Routes() []RouteInfo {
	var out []RouteInfo
	for _, r := range (&API{}).routes() {
		out = append(out, RouteInfo{r.method, r.path, r.access == open, r.access == pushing, r.query})
	}
	return out
}

// MaxPushes is for the test of admission.
const MaxPushes = maxPushes

// MoneyRoutes lists the paths that need a proof of who sits there.
func MoneyRoutes() []string { return slices.Sorted(maps.Keys(moneyRoutes)) }
