package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"time"
)

// trace is what happened, line by line. Its digest names the history.
type trace struct {
	sum  hash.Hash
	tail []string
	all  bool // keep every line
}

func newTrace(all bool) *trace { return &trace{sum: sha256.New(), all: all} }

const tailLines = 120

func (t *trace) add(now time.Time, who, format string, args ...any) {
	line := now.Format("01-02 15:04:05.000000000") + " " + who + " " + fmt.Sprintf(format, args...)
	t.sum.Write([]byte(line))
	t.tail = append(t.tail, line)
	if !t.all && len(t.tail) > 2*tailLines {
		t.tail = append(t.tail[:0], t.tail[len(t.tail)-tailLines:]...)
	}
}

func (t *trace) digest() string { return hex.EncodeToString(t.sum.Sum(nil)[:8]) }

func (t *trace) text() string {
	tail := t.tail
	if !t.all && len(tail) > tailLines {
		tail = tail[len(tail)-tailLines:]
	}
	return strings.Join(tail, "\n")
}
