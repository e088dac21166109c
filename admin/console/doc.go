// Package console is the web app of commune chairs, accountants, province staff
// and administrators: TypeScript and Preact (src/), built into dist/ by
// deploy/webbuild and committed. Files gives it to the server, which serves it at
// "/console/".
//
// Layout of src: main.tsx starts, app.tsx is the frame, screens.ts the table of
// screens (each loaded when it is opened), core/ everything without looks, ui/
// the pieces of this app over those of deploy/webbuild/kit, screens/ and one
// folder for each larger matter (review/, month/, dashboard/), strings/ the texts
// of the frame in Vietnamese and English; a folder may have strings/ of its own.
//
// The console computes no verdict, amount or risk: it shows the server's, says as
// of when, and every decision names what was seen.
//
// After a change in src: go run ./deploy/webbuild/cmd, and commit dist.
package console
