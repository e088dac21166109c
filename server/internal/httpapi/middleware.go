package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/domain"
)

// Keys of the echo context.
const (
	keyRequestID = "request_id"
	keyCaller    = "caller"
	keyCookie    = "cookie" // the caller's session is in cookies
)

func requestID(c echo.Context) string {
	id, _ := c.Get(keyRequestID).(string)
	return id
}

// caller is who is signed in; routes of access open have none.
func caller(c echo.Context) domain.Caller {
	who, _ := c.Get(keyCaller).(domain.Caller)
	return who
}

// address is where a request comes from, for rate limits: an IPv4 address, or
// the /64 of an IPv6 one, which is what one subscriber holds.
func address(c echo.Context) string {
	ip, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return "unknown"
	}
	if ip = ip.Unmap(); ip.Is6() {
		p, _ := ip.WithZone("").Prefix(64)
		return p.String()
	}
	return ip.String()
}

// word says by whose word a caller's address is: see Metrics.
func (a *API) word(r *http.Request) string {
	if r.Header.Get("X-Forwarded-For") == "" {
		return "direct"
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err == nil && slices.ContainsFunc(a.cfg.Trusted, func(p netip.Prefix) bool { return p.Contains(peer.Addr().Unmap()) }) {
		return "proxied"
	}
	return "claimed"
}

// identify gives a request its id, answers its errors and logs it: no
// address, no path (it holds ids), no query.
func (a *API) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := a.cfg.Wall()
		id := a.cfg.Prefix + "-" + strconv.FormatUint(a.count.Add(1), 36)
		c.Set(keyRequestID, id)
		h := c.Response().Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		a.cfg.Metrics.caller(a.word(c.Request()))
		res := c.Response()
		done := a.paceAnswer(c)
		if err := next(c); err != nil {
			a.fail(err, c)
		}
		done()
		a.cfg.Log.Info("request", "request_id", id, "method", c.Request().Method, "route", c.Path(),
			"status", res.Status, "bytes", res.Size, "dur_ms", a.cfg.Wall().Sub(start).Milliseconds())
		return nil
	}
}

// recover turns a panic of a handler into an error.
func (a *API) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		return next(c)
	}
}

// admit lets so many requests of a load in and tells the others to come again.
func (a *API) admit(l load) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if l == probe {
			return next
		}
		gate := a.gates[l]
		return func(c echo.Context) error {
			if l == public { // nobody in particular: a place is only for who has sent all of it
				if err := a.readAhead(c); err != nil {
					return err
				}
			}
			if !a.enter(c.Request().Context(), l) {
				a.cfg.Metrics.shed(l)
				return errBusy
			}
			a.cfg.Metrics.place(l, 1)
			defer func() {
				a.cfg.Metrics.place(l, -1)
				<-gate
			}()
			return next(c)
		}
	}
}

// enter takes a place of a load, for a sync after a while in the lobby if
// there is none now.
func (a *API) enter(ctx context.Context, l load) bool {
	select {
	case a.gates[l] <- struct{}{}:
		return true
	default:
	}
	if l != push {
		return false
	}
	select {
	case a.lobby <- struct{}{}:
	default:
		return false
	}
	defer func() { <-a.lobby }()
	patience := time.NewTimer(lobbyTime)
	defer patience.Stop()
	select {
	case a.gates[l] <- struct{}{}:
		return true
	case <-patience.C:
	case <-ctx.Done():
	}
	return false
}

var errBusy = domain.E(domain.Unavailable, "The server is busy. Come again after the time in Retry-After.",
	"Máy chủ đang bận. Vui lòng thử lại sau ít giây.")

// authenticate finds out who is calling.
func (a *API) authenticate(acc access) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if acc == open {
			return next
		}
		return func(c echo.Context) error {
			if token := bearer(c); auth.IsToken(token) {
				return a.byToken(c, acc, token, next)
			}
			who, byCookie, err := a.whoCalls(c)
			if err != nil {
				return err
			}
			if who.PushOnly && acc != pushing {
				return domain.E(domain.Forbidden, "This device was signed out by somebody. It may only hand over what it holds.",
					"Thiết bị này đã bị thu hồi quyền. Chỉ còn có thể gửi nốt dữ liệu đang giữ.")
			}
			c.Set(keyCaller, who)
			c.Set(keyCookie, byCookie)
			if byCookie && moneyRoutes[c.Path()] && c.Request().Method == http.MethodPost {
				if err := a.cfg.Auth.Stepped(c.Request().Context(), who); err != nil {
					return err
				}
			}
			return next(c)
		}
	}
}

// byToken lets an API token in where figures are read, and nowhere else.
func (a *API) byToken(c echo.Context, acc access, token string, next echo.HandlerFunc) error {
	who, err := a.cfg.Auth.VerifyToken(c.Request().Context(), token)
	if err != nil {
		return err
	}
	if acc != figures {
		return domain.E(domain.Forbidden, "An API token reads figures only.", "Mã truy cập API chỉ đọc được số liệu.")
	}
	c.Set(keyCaller, who)
	return next(c)
}

func bearer(c echo.Context) string {
	hs := c.Request().Header.Values("Authorization")
	if len(hs) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(hs[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

func checkQuery(names []string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := knownQuery(c, names); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// measure counts a request under its route, and traces it where that is on.
func (a *API) measure(r route) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			start := a.cfg.Wall()
			if a.cfg.Span != nil {
				ctx, end := a.cfg.Span(c.Request().Context(), requestID(c), r.method, r.path)
				defer func() { end(c.Response().Status) }()
				c.SetRequest(c.Request().WithContext(ctx))
			}
			err := next(c)
			if err != nil {
				a.fail(err, c)
				if errors.Is(err, http.ErrAbortHandler) {
					return err
				}
			}
			a.cfg.Metrics.request(r, c.Response().Status, a.cfg.Wall().Sub(start))
			return nil
		}
	}
}

func ipNet(p netip.Prefix) *net.IPNet {
	p = p.Masked()
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
