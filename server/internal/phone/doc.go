// Package phone is the app of village team members and commune chairs: an
// installable web app in TypeScript and Preact (src/) on the sync engine of
// syncproto/ts, built into dist/ by deploy/webbuild and committed, so that the
// server needs no Node. Package site serves it at "/".
//
// Layout of src: main.tsx starts, app.tsx maps addresses to screens, screens/
// has one file a screen, ui/ the pieces they are built of, core/ everything
// without looks (people of the phone, session, the open database, drafts,
// photos, texts), strings/ all texts in Vietnamese and English, style.css the
// whole look, sw.ts the service worker.
//
// What a person typed is in IndexedDB before anything is said: drafts at each
// keystroke, mutations by the engine, photos before the mutation that names
// them. The network is never between a person and saving. Verdicts, amounts and
// counts of a month are the server's; the app computes none.
//
// After a change in src: go run ./deploy/webbuild/cmd, and commit dist.
package phone
