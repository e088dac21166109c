package syncproto

// Limits of the wire, in bytes or counts. The server refuses what is above
// them; the client refuses at saving what the server would refuse (rule C11).
const (
	MaxMutationBytes        = 16 << 10  // one mutation; larger ones are set aside as their bytes
	MaxMutationsPerPush     = 200       // mutations in one request
	MaxRequestBytes         = 256 << 10 // compressed body of a request
	MaxRequestBytesInflated = 2 << 20   // the same body after gzip
	MaxChangesPerResponse   = 500       // changes in one response, all scopes together
	MaxResponseBytes        = 512 << 10 // body of a response before gzip (soft: one change may pass it)
	MaxScopesPerRequest     = 100       // entries of "pull"
	MaxPhotoBytes           = 8 << 20   // one photo; phones make them far smaller
	MaxDepth                = 6         // nesting of a record's document
	MaxSafeInt              = 1<<53 - 1 // integers of a document: |x| <= MaxSafeInt
	GzipFrom                = 512       // bodies of at least this many bytes are gzipped

	TombstoneDays   = 400 // del and leave entries are kept this long
	SentRetryDays   = 1   // a difference of sums that stays is reported, not retried, for a day
	LeaverDays      = 90  // somebody who left a team may push and read "user:" this long
	DuplicateWindow = 10  // minutes between two starts for duplicate_of
)
