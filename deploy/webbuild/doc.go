// Package webbuild bundles the project's TypeScript with esbuild, called as a
// Go library, so that building needs the npm packages but no Node. What is
// served is committed in dist folders; tests build it again and compare.
//
// The only package.json of the project stands here with its lock file: `npm ci`
// in this folder brings the packages (@noble/hashes, preact; typescript and
// fake-indexeddb for checks). Sources stand in the rooms that own them and find
// the packages through NodePaths here and through paths in tsconfig.json.
//
// `go run ./deploy/webbuild/cmd` writes all dist folders anew.
package webbuild
