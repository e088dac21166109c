// Package backup keeps copies of a running shard in other places and brings
// them back.
//
// A backup is a snapshot of the store with the keys, packed into one file, and
// the photos that its records name. A place (Target: a folder on a second disk,
// an S3 bucket, an rsync destination) holds
//
//	snaps/<id>.tar.zst[.age]   banso.db and keys.json of one backup
//	lists/<sha256>             names of its photos, 32 bytes each, in order
//	photos/<2>/<sha256>[.age]  each photo once, under the hash of its content
//	snaps/<id>.json            the Manifest, written last: without it there is
//	                           no such backup
//
// What is packed has been opened and checked as a store, and the packed file
// is read back through decryption before it goes anywhere; a Target says "held"
// only after it has compared what it holds with what was sent. Only then does
// the mark `durable` move, to the second-newest backup of a place: what two
// verified copies hold, phones may forget. A folder inside the data folder
// shares its disk and never moves the mark.
//
// Encryption is age, to the recipients of the settings and to a key of the
// server's own (backup.key in the data folder), so that the server can try its
// backups (Drill) while a thief of the place reads nothing. Who restores after
// the disk is lost needs the identity of a recipient: keep it elsewhere. A
// place that is not a folder of this machine takes encrypted backups only.
//
// Manifests are signed with the server's seal key, and hold the hash of all
// the rest: what somebody else put into a place is refused by a drill, and by a
// restore that is told whose backups it is to trust (signed.go).
//
// Kept are the two newest of the store's own history, and the newest of each of
// the last 4 hours, 14 days and 24 months (UTC+7) that have one; a photo goes
// when no kept backup names it. One backup is made at a time. A process that
// dies while it makes one leaves files that the next one removes or overwrites.
//
// Times in names and manifests are UTC, Ms is milliseconds since 1970. Errors
// say in one sentence which place could not do what.
package backup
