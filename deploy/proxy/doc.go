// Package proxy holds what stands in front of Bản Số and speaks TLS: settings
// for Caddy and nginx, and a gateway for a country of provinces. The package
// has no code; its tests start the real Caddy and nginx with these very files
// in front of the real binary.
//
// What all of them must get right: the server believes X-Forwarded-For from
// the proxy alone (trusted-proxies), so the proxy must replace what callers
// send in it; connections to the server are not kept, so that a restart of the
// server on its open socket fails no request; long polls take a minute; bodies
// go on as they come, for a photo over a slow line takes minutes.
package proxy
