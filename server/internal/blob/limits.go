package blob

import (
	"time"

	"github.com/banso/banso/syncproto"
)

// Limits of what people and teams may send. All are assumptions.
const (
	// TeamBytes is what a team's photos may take together, if the operator
	// says nothing else: some 3,000 photos as phones send them.
	TeamBytes = 1 << 30
	// UploadTTL is how long an upload is kept after its last byte.
	UploadTTL = 7 * 24 * time.Hour
	// OrphanDays is how long a photo is kept that no activity names.
	OrphanDays = 90

	maxOpenUploads = 64                            // of one person
	maxOpenBytes   = 32 * syncproto.MaxPhotoBytes  // announced by one person's open uploads
	maxDayBytes    = 128 * syncproto.MaxPhotoBytes // of one person's photos in a day
	maxHave        = 500                           // names in one question
)
