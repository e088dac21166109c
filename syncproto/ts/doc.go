// Package ts holds the sync engine in TypeScript: src/, the module
// "@banso/sync" that the phone app imports, with its public interface in
// src/index.ts. It has the rules of syncproto/client and nothing of the
// browser: clock, random bytes, storage, network, timers and locks are handed
// in, with adapters for IndexedDB, fetch, Web Locks and BroadcastChannel.
//
// The Go side has tests only. They bundle the engine with deploy/webbuild and
// run it in two ways: the shared vectors in goja, an interpreter without any
// global of a browser, and test/*.test.ts in Node. How phones of this engine
// do against the real server under faults is tested in server/internal/e2e.
// Without `npm ci` in deploy/webbuild or without Node a test says so and is
// skipped.
package ts
