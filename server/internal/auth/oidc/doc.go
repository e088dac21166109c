// Package oidc is a province's own identity provider as auth asks it: OpenID
// Connect with the authorisation code, PKCE (S256), state and nonce.
//
// What is believed: an ID token from the token endpoint, signed by one of the
// provider's keys with an algorithm of the list (never none, never a shared
// key), from this issuer, for this client alone, not expired by the wall clock,
// with the question's nonce, and with auth_time: the person must have proved
// who he is after the question was put (prompt=login, max_age=0), because desks
// are shared and a session at the provider would let the next one in. Access and
// refresh tokens are thrown away unread; no name and no address of a letter is
// asked for, the scope is openid alone.
//
// Which acr or amr counts as a second factor the operator says; unless he does,
// none.
//
// The provider is found when somebody first asks for it, and looked for again
// after an hour, which also forgets keys that it has withdrawn. While it can't
// be reached it is asked again at growing intervals; at most maxAtOnce requests
// wait for it, each for patience, so that whoever signs in with a password never
// waits for it.
//
// Where requests go the operator's setting says, and what the provider found there
// says of itself; nothing that a user sends. So private addresses are allowed:
// a province's provider often stands in its own network. Only https is spoken,
// but to this machine; redirects are not followed, answers are bounded.
package oidc
