package webbuild

// Dists are the bundles whose results are committed and embedded. A room that
// serves a front end adds its own here.
func Dists(root string) []Bundle {
	return []Bundle{phone(root), console(root)}
}

// lineLen keeps committed results readable in diffs.
const lineLen = 400

func phone(root string) Bundle {
	const src = "server/internal/phone/src/"
	b := Bundle{
		Root: root, Out: "server/internal/phone/dist", Minify: true, LineLen: lineLen,
		Entries: []string{src + "main.tsx", src + "style.css", src + "sw.ts"},
		Names:   map[string]string{src + "main.tsx": "app", src + "style.css": "app"},
	}
	for _, name := range []string{"index.html", "manifest.webmanifest", "icon.svg", "icon-192.png", "icon-512.png", "icon-mask.png"} {
		b.Static = append(b.Static, src+name)
	}
	return b
}

func console(root string) Bundle {
	const src = "admin/console/src/"
	return Bundle{
		Root: root, Out: "admin/console/dist", Minify: true, LineLen: lineLen, Split: true,
		Entries: []string{src + "main.tsx", src + "style.css"},
		Names:   map[string]string{src + "main.tsx": "app", src + "style.css": "app"},
		Static:  []string{src + "index.html", "server/internal/phone/src/icon.svg"},
	}
}
