package httpapi

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
)

// ofOne is how many places of a load one person may hold at a time, with all
// devices together: one who sends slowly must not keep everybody else out.
var ofOne = [loads]int{push: 8, pull: 16, write: 8, wait: 16, photo: 6}

// maxOpenBody bounds the body of a request that needs no sign-in, in bytes.
const maxOpenBody = 16 << 10

// An answer has to be taken at answerRate at least, after answerStart:
// otherwise who never reads would hold a place for ever.
const (
	answerStart = 30 * time.Second
	answerRate  = 4 << 10 // bytes a second
)

// shares counts the places that each person holds. Its zero value works.
type shares struct {
	mu   sync.Mutex
	held map[shareKey]int
}

type shareKey struct {
	person domain.ID
	load   load
}

func (s *shares) take(k shareKey, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		s.held = map[shareKey]int{}
	}
	if s.held[k] >= most {
		return false
	}
	s.held[k]++
	return true
}

func (s *shares) give(k shareKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[k]--; s.held[k] <= 0 {
		delete(s.held, k)
	}
}

// limitShare keeps one person from holding more than his share of a load.
func (a *API) limitShare(r route) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		most := ofOne[r.load]
		if r.access == open || most == 0 {
			return next
		}
		return func(c echo.Context) error {
			k := shareKey{caller(c).Person, r.load}
			if !a.share.take(k, most) {
				a.cfg.Metrics.shed(r.load)
				return errBusy
			}
			defer a.share.give(k)
			return next(c)
		}
	}
}

// readAhead takes in the body of a request of nobody in particular before it
// gets a place, at the pace that every body must have.
func (a *API) readAhead(c echo.Context) error {
	req := c.Request()
	if req.ContentLength > maxOpenBody {
		return errTooLarge
	}
	if req.Body == nil || req.Body == http.NoBody {
		return nil
	}
	p := &paced{r: req.Body, ctl: http.NewResponseController(c.Response()), start: a.cfg.Wall()}
	defer p.done()
	b, err := io.ReadAll(&capped{r: p, left: maxOpenBody})
	if err != nil {
		return bodyError(err)
	}
	req.Body = io.NopCloser(bytes.NewReader(b))
	return nil
}

// paceAnswer gives the answer its deadline when its head is written; done
// takes it from the connection again.
func (a *API) paceAnswer(c echo.Context) (done func()) {
	ctl := http.NewResponseController(c.Response().Writer)
	c.Response().Before(func() {
		n, _ := strconv.Atoi(c.Response().Header().Get("Content-Length"))
		// Not every writer has deadlines (a test's recorder has none).
		_ = ctl.SetWriteDeadline(a.cfg.Wall().Add(answerStart + time.Duration(n)*time.Second/answerRate))
	})
	return func() { _ = ctl.SetWriteDeadline(time.Time{}) }
}
