// Package pushtest is the far side of notifications on this machine: Google's
// OAuth and FCM (Google), a Web Push service (Service) and the browser that
// opens what it was sent (Browser). They check what the real ones would and
// misbehave on command. Tests of the channels stand on them, and `demo --push`.
//
// What they check is written from the documents: RFC 7523 (the grant), RFC 8030
// (push), RFC 8188 and RFC 8291 (encryption), RFC 8292 (VAPID).
package pushtest
