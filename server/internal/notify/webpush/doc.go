// Package webpush brings pushes to browsers: RFC 8030 with VAPID (RFC 8292)
// and encryption for the browser alone (RFC 8291), by
// github.com/SherClockHolmes/webpush-go.
//
// Endpoints come from users. They are https on port 443 of hosts that are on a
// list (DefaultHosts, settable); what a name resolves to is looked at when it
// is dialled, and no private, local or reserved address is; redirects are not
// followed, and no proxy of the environment is used.
//
// A push is padded to one size whatever it says. The push service learns when
// a device gets something, how urgent it is and for how long it is good.
package webpush
