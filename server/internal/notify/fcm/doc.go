// Package fcm brings pushes to native apps through Firebase Cloud Messaging
// (HTTP v1), by the Firebase Admin SDK. It is a package of its own because the
// SDK makes the binary some 37 MB larger; the build tag nofirebase leaves it
// out (ADR 0005).
//
// A message carries kind, opaque id and tag as data, and a notification whose
// text is the same for everybody, so that a phone whose app is not running
// shows something; the app composes the rest from its own synced record. No
// topics: who gets what is decided here, for each message again.
//
// The SDK tries a message again up to 4 times by itself when the network fails
// or FCM answers 503, so that one may arrive twice: it carries a collapse key
// and a tag always.
package fcm
