// Package blob keeps photos: it takes them in with resume, keeps them by
// content in files, and says in the store which the server holds.
//
// # Names
//
// A photo is named by the SHA-256 of the bytes that the phone sent, in hex: an
// activity's evidence has "photo:<name>". A team names its own: whether another
// team sent the same picture is told to nobody, and nobody is spared sending
// it by knowing its name. What lies on disk is the picture without anything
// that is not needed to show it (clean.go); its own SHA-256 is its address in
// the folder and its ETag. The record of the photo binds both.
//
// # Truth
//
// The record "photo" (id derived from team and name, in sys:photos/<team>,
// never delivered) is written after the file is durable, in one transaction
// with everything that follows from it: the records that name it get it
// into their server field "held", which every phone and screen sees, and their
// months are marked due. So a close reads in its own transaction what is held,
// and what arrives later does not count for it. Counters
// "photo/<name>/<team>/<record>" are the index from a photo to the
// activities and spendings that name it; syncsvc keeps it with Index, and fills "held" of
// what it writes with Hold. Photo and activity may come in any order.
//
// # Folder
//
//	blobs/<aa>/<sha256>        pictures, by the hash of what is in the file
//	thumbs/<aa>/<sha256>.jpg   small derivatives; may be deleted at any time
//	uploads/<id>.json, .part   uploads under way
//
// An upload's offset is the length of its part, synced before it is told. A
// kill at any point leaves an upload that goes on: one that is complete but
// has no photo is finished when somebody next asks for it, or by Tidy. Only a
// part under way holds metadata of the camera; it goes when the upload is
// finished, given up or expires.
//
// # Limits
//
// syncproto.MaxPhotoBytes and MaxPixels for a picture; see limits.go for a
// person and a team. Pictures are weighed by their head before they are
// decoded, two at a time at most, one if it is large.
//
// # Going
//
// A photo that no live record names is dropped OrphanDays after it lost its
// last one, unless an open case names it. Its record stays and says so.
//
// Times are the server's, in ms since 1970; sizes are bytes. Refusals are
// *domain.Error; what is wrong with a picture is Unprocessable with field
// "picture", and the upload is gone then.
package blob
