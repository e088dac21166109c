package load

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Conn is one raw keep-alive connection: the generator must not cost more
// than the server it measures. Sent and Received count what crossed the
// socket, HTTP heads included.
type Conn struct {
	net.Conn
	r              *bufio.Reader
	buf            []byte
	Sent, Received int64

	addr  string
	from  int
	ended bool // by the server, with its last answer
}

// Dial connects from a loopback address of its own, as a phone would come
// from its own: the server's limits by address stay on.
func Dial(addr string, from int) (*Conn, error) {
	c := &Conn{addr: addr, from: from}
	return c, c.dial()
}

func (c *Conn) dial() (err error) {
	d := net.Dialer{Timeout: 30 * time.Second, LocalAddr: &net.TCPAddr{IP: Loopback(c.from)}}
	if c.Conn, err = d.Dial("tcp", c.addr); err != nil {
		return err
	}
	c.r, c.ended = bufio.NewReaderSize(c, 64<<10), false
	return nil
}

// Loopback is the n-th address of 127.0.0.0/8 that a phone calls from.
func Loopback(n int) net.IP { return net.IPv4(127, byte(1+n>>16&0x3f), byte(n>>8), byte(1+n&0x7f)) }

// Read counts what arrives.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.Received += int64(n)
	return n, err
}

// Request is what goes out; Extra are whole header lines.
type Request struct {
	Method, Path, Token string
	Extra               string
	Body                []byte
}

// Answer is what came back.
type Answer struct {
	Status     int
	Header     http.Header
	Body       []byte
	RetryAfter int // seconds
	WireBytes  int // of the body as it came
}

// Do sends one request and reads its answer, over a new connection if the server
// ended the last one.
func (c *Conn) Do(q Request) (a Answer, err error) {
	if c.ended {
		if err := c.dial(); err != nil {
			return a, err
		}
	}
	h := fmt.Appendf(c.buf[:0], "%s %s HTTP/1.1\r\nHost: bench\r\n%s", q.Method, q.Path, q.Extra)
	if q.Token != "" {
		h = fmt.Appendf(h, "Authorization: Bearer %s\r\n", q.Token)
	}
	if q.Body != nil {
		h = fmt.Appendf(h, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(q.Body))
	}
	h = append(append(h, "\r\n"...), q.Body...)
	c.buf = h
	n, err := c.Write(h)
	c.Sent += int64(n)
	if err != nil {
		return a, err
	}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if _, err = io.Copy(&b, resp.Body); err != nil {
		return a, err
	}
	if resp.Close {
		c.Close()
		c.ended = true
	}
	a = Answer{Status: resp.StatusCode, Header: resp.Header, Body: b.Bytes(), WireBytes: b.Len()}
	a.RetryAfter, _ = strconv.Atoi(resp.Header.Get("Retry-After"))
	return a, nil
}
