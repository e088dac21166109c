package webbuild

// Dists are the bundles whose results are committed and embedded. A room that
// serves a front end adds its own here.
func Dists(root string) []Bundle {
	return []Bundle{}
}
