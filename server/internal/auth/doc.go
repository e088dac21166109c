// Package auth answers who makes a call, and nothing else: what they may do is
// read from the roster's grants, in the transaction that needs it.
//
// Ways in:
//
//   - the setup code, printed at the first start, makes the first
//     administrator (there is no default password);
//   - an activation code, issued by a leader, a chair or the province, typed
//     by hand, good once and for CodeTTL; officers choose login and password
//     with it, members need none; it doesn't pass a second factor that is on;
//   - login and password for officers, and a second factor for who has switched
//     it on: an authenticator's digits, or a recovery code;
//   - the word of the province's own identity provider (Provider), if one is set
//     up and the officer's account is linked with a subject there: it opens the
//     account and gives no right;
//   - a refresh token.
//
// A sign-in opens a session on a device and gives an access token (JWT, EdDSA,
// typ at+jwt, lives AccessTTL) and a refresh token (opaque, lives
// SessionTTL without use). A device's public id is derived from the person and
// the install id, a secret that the client makes and keeps: signing in again
// from the same install replaces the session instead of adding a device.
//
// Refresh tokens turn over. An old one works until one of its successors is
// used, because a lost answer looks like a theft; after that it ends the
// session. A session that ended that way, or was revoked, may still get access
// that only pushes, during PushWindow, so that nothing a person typed is lost.
//
// All state is in the store's credentials:
//
//	password  login/<login>, person/<person>        hash; which login a person has
//	code      h/<keyed hash>, person/<person>, setup  open codes
//	device    <person>/<device>                     what is shown in lists
//	api_token <id>                                   what programs read figures with
//	session   <device>                              refresh state
//	passkey   <person>/<passkey>                    public half of a passkey
//	second    <person>, lost/<person>               second factor; that it was lost
//	subject   h/<keyed hash>, person/<person>       whom the province's provider opens an account for
//
// A session in a browser moves money only within StepTTL of a proof of who sits
// there (Stepped, StepUp). Who lost the second factor gets in again by the word of
// two administrators (RestoreSecond).
//
// Secrets are stored hashed: passwords with argon2id (OWASP: m = 19 MiB, t = 2,
// p = 1), codes and refresh tokens keyed with a secret of the key file, so that
// a copy of the data file alone opens nothing; the secret of an authenticator, which
// must be read again, is sealed with a key of that file.
//
// Units: names ending in Ms are milliseconds since 1970 UTC. Errors are
// domain.Error: Unauthorized without telling which part was wrong, TooMany and
// Unavailable with seconds to wait.
package auth
