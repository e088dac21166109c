// Package settings holds what a province words and chooses itself: kinds of
// activity beside the catalogue that comes with the product, and the day on
// which a kind is no longer offered, and the reasons offered to who returns or
// rejects an entry, and what is switched off. Nothing by which work is written
// down, sent or decided can be.
//
// Phones read it all from scope ref with their next sync. A kind's words never
// change, so that old entries keep theirs: whoever wants other words retires
// the kind and adds another from the same day. What phones wrote down of a
// retired kind counts for every day up to its last one, whenever it arrives;
// "KHAC" can't be retired, so there is a kind for everything on every day.
package settings
