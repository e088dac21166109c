// Package mobile is the sync engine for native apps, by gomobile bind. Its
// exported API has only types that gomobile can carry over: strings, []byte,
// int, int64, bool, errors, pointers to structs of this package and interfaces
// of such methods; a test walks it.
//
// Shapes: whatever has structure is JSON in UTF-8. A draft is {"op", "type",
// "id", "set", "add", "del", "args", "seen"}; a shown record is {"type", "id",
// "doc", "rev", "pending", "deleted"}; a verdict is {"server_ms", "op", "type",
// "id", "v", "code", "case", "lost"}. Times are milliseconds since 1970 UTC.
//
// The session's secrets lie in the platform's key store, behind Keychain; the
// database file holds none.
package mobile
