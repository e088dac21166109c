package pushtest

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
)

// Mailbox is a mail server that keeps what it takes.
type Mailbox struct {
	mu      sync.Mutex
	letters []string
	refuse  string // answer to DATA's end: "451 later", "550 never"; empty takes
}

// Serve answers who connects, until the listener is closed.
func (m *Mailbox) Serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go m.receive(c)
	}
}

// Refuse sets with what letters are refused; empty takes them again.
func (m *Mailbox) Refuse(answer string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = answer
}

// Letters are those that were taken, as they came.
func (m *Mailbox) Letters() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.letters...)
}

func (m *Mailbox) keep(letter string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != "" {
		return m.refuse
	}
	m.letters = append(m.letters, letter)
	return "250 taken"
}

func (m *Mailbox) receive(c net.Conn) {
	defer c.Close()
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220 here")
	var b strings.Builder
	in := false
	for sc := bufio.NewScanner(c); sc.Scan(); {
		switch line := sc.Text(); {
		case in && line == ".":
			in = false
			say(m.keep(b.String()))
			b.Reset()
		case in:
			b.WriteString(line + "\n")
		case line == "DATA":
			in = true
			say("354 go on")
		case line == "QUIT":
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}
