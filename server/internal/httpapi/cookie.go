package httpapi

import (
	"crypto/subtle"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/domain"
)

// A browser keeps its session in cookies that no script can read, if it asks
// for that at sign-in with the header Banso-Session: cookie. The tokens are
// the same as everybody's; only where they are kept differs.
//
// A cookie goes along without anybody's doing, so what comes with one must show
// that a page of this server sent it. Three walls, each enough for itself:
//
//   - SameSite=Strict: browsers send the cookies from our own pages only;
//   - Sec-Fetch-Site, or Origin where a browser is too old for it, must say so;
//   - a change needs the header Banso-CSRF with the session's token, which only
//     a page that can read our answers knows.
//
// Sign-in and refresh have no token yet; their header Banso-Session can't be
// sent by another site's page without a preflight, which this server refuses.
const (
	cookieAccess  = "banso_access"
	cookieRefresh = "banso_refresh"
	headerSession = "Banso-Session"
	headerCSRF    = "Banso-CSRF"
)

var errForged = domain.E(domain.Forbidden, "This request did not come from the console's own page. Open the console again.",
	"Yêu cầu không đến từ chính trang quản lý. Hãy mở lại trang quản lý.")

// browserSession is what a sign-in that keeps its tokens in cookies answers.
type browserSession struct {
	Person          domain.ID `json:"person"`
	Device          domain.ID `json:"device"`
	Access          string    `json:"access"` // empty: it is in the cookie
	AccessExpiresMs int64     `json:"access_expires_ms"`
	CSRF            string    `json:"csrf"`
}

func wantsCookies(c echo.Context) bool { return c.Request().Header.Get(headerSession) == "cookie" }

// admitted answers a sign-in: with tokens, or with cookies where they are
// wanted. Who may only push has no use for a browser.
func (a *API) admitted(c echo.Context, s auth.Session, err error) error {
	if err != nil {
		if wantsCookies(c) && domain.CodeOf(err) == domain.Unauthorized {
			forget(c)
		}
		return err
	}
	if !wantsCookies(c) {
		return a.ok(c, s)
	}
	if !ownPage(c.Request()) {
		return errForged
	}
	if s.PushOnly {
		forget(c)
		return domain.E(domain.Unauthorized, "This session was ended. Sign in again.", "Phiên làm việc đã bị kết thúc. Vui lòng đăng nhập lại.")
	}
	setCookie(c, cookieAccess, s.Access, "/v1")
	setCookie(c, cookieRefresh, s.Refresh, "/v1/auth")
	return a.ok(c, browserSession{Person: s.Person, Device: s.Device, AccessExpiresMs: s.AccessExpiresMs,
		CSRF: a.cfg.Auth.CSRF(domain.Caller{Person: s.Person, Device: s.Device})})
}

// overTLS reports whether the browser speaks TLS to us or to our proxy.
func overTLS(c echo.Context) bool {
	return c.Request().TLS != nil || c.Request().Header.Get("X-Forwarded-Proto") == "https"
}

// cookieName is how a cookie is called on its way: over TLS so that a browser
// takes it from there alone. (Not __Host-, which would have to go everywhere.)
func cookieName(c echo.Context, name string) string {
	if overTLS(c) {
		return "__Secure-" + name
	}
	return name
}

// setCookie lasts as long as the browser runs: a desk may be shared.
func setCookie(c echo.Context, name, value, path string) {
	c.SetCookie(newCookie(c, name, value, path))
}

// newCookie makes one that no script reads and no other site sends; without a
// value it takes an earlier one away.
func newCookie(c echo.Context, name, value, path string) *http.Cookie {
	k := &http.Cookie{Name: cookieName(c, name), Value: value, Path: path, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: overTLS(c)}
	if value == "" {
		k.MaxAge = -1
	}
	return k
}

func forget(c echo.Context) {
	setCookie(c, cookieAccess, "", "/v1")
	setCookie(c, cookieRefresh, "", "/v1/auth")
}

func cookie(c echo.Context, name string) string {
	k, err := c.Cookie(cookieName(c, name))
	if err != nil {
		return ""
	}
	return k.Value
}

// whoCalls says who is calling, by a token in the header or else in a cookie.
// byCookie tells a browser's session from a program's.
func (a *API) whoCalls(c echo.Context) (who domain.Caller, byCookie bool, err error) {
	if c.Request().Header.Get("Authorization") != "" {
		who, err = a.cfg.Auth.Verify(bearer(c))
		return who, false, err
	}
	who, err = a.cfg.Auth.Verify(cookie(c, cookieAccess))
	if err != nil {
		return who, true, err
	}
	switch c.Request().Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return who, true, nil
	}
	token := c.Request().Header.Get(headerCSRF)
	if !ownPage(c.Request()) || subtle.ConstantTimeCompare([]byte(token), []byte(a.cfg.Auth.CSRF(who))) != 1 {
		return who, true, errForged
	}
	return who, true, nil
}

// ownPage reports whether a page of this server sent a request, by what
// browsers say and pages can't change.
func ownPage(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && origin.Host != "" && origin.Host == r.Host
}
