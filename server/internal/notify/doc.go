// Package notify lets people hear of what happened to their work: an inbox
// record, which is the truth and reaches the phone with its next sync, and a
// push, which is a hint that there is one.
//
// # Telling
//
// Tell runs inside the transaction of the cause. It writes the inbox record
// into user:<person> and, if the person has a device that takes pushes, an
// entry of the outbox. The id of the record comes from the person and the key
// of the cause, so that the same cause tells once, however often its closure
// runs or its moment comes again: a record that is there is the mark that it
// was told. What may be told stands in one table (Events), from which the
// catalogue of the docs is generated.
//
// The daily round looks for what is to be told of the communes in a snapshot,
// beside the writer, and writes only what it found, in small transactions.
//
// # Sending
//
// Deliver takes what is due, the most urgent first, looks at each entry again
// (read, expired, replaced, right lost, quiet hours, preferences, cap of the
// day), hands it to the channels and writes down what came of it. It is killed
// at no cost: an entry leaves the outbox only when it was sent, so that it is
// sent at least once, and everything sent twice carries the same tag, which a
// screen shows once. A message that its target refuses is tried 8 times with a
// growing pause and then parked, where the operator sees it. A channel that is
// down is paused as a whole, which is no try of any message.
//
// # What leaves the country
//
// A push carries the kind, the opaque id of the inbox record and a tag that is
// a hash (Push). No name, number, place, note or text about anybody; the phone
// composes what it shows from its own synced record.
//
// # On disk
//
// Credentials of the store (secret, never replicated, deletable):
//
//	push_target    <person>/<device>         channel, token, back-off
//	push_owner     <hash of the token>       which of them holds it
//	outbox         <urgency>/<due ms>/<id>   entry; the key is the order
//	outbox_tag     <person>/<tag>            entry that waits under a tag
//	outbox_parked  <id>                      entry that was given up
//	delivery       <yyyymmdd>/<id>           queued, sent, shown, opened, failed
//	push_day       <person>                  pushes of the day, for the cap
//	notify_slot    <name>                    what the clock has done
//	mail_due       <person>[/summary]        letter of today or summary of a period, and its tries
//	summary_told   <person>                  last week or month whose summary was made due
//
// Counters: "push/<yyyymmdd>/<channel>/<state>" for the page of the operator,
// "digest/<person>/<kind>" for what waits for a digest.
//
// Times are UTC in milliseconds; days and quiet hours are those of UTC+7.
// Caps, quiet hours, lives and the moments of reminders are assumed by this
// system (badge A) and stand as constants here.
package notify
