package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/banso/banso/server/internal/domain"
)

// Parameters of argon2id (OWASP's first choice for 19 MiB).
const (
	argonMemoryKiB = 19 << 10
	argonTime      = 2
	argonThreads   = 1
	argonSalt      = 16
	argonKey       = 32

	// MinPassword and MaxPassword bound a password, in characters.
	MinPassword = 10
	MaxPassword = 128

	hashesAtOnce  = 2  // each takes 19 MiB and some 30 ms of a core
	hashesWaiting = 64 // beyond: Unavailable
)

var phcEncoding = base64.RawStdEncoding

// hasher bounds how many hashes are computed at once.
type hasher struct {
	slots chan struct{}
	queue chan struct{}
	rnd   io.Reader
}

func newHasher(rnd io.Reader) *hasher {
	return &hasher{slots: make(chan struct{}, hashesAtOnce), queue: make(chan struct{}, hashesWaiting), rnd: rnd}
}

// run waits for a slot and calls fn in it.
func (h *hasher) run(ctx context.Context, fn func()) error {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		e := domain.E(domain.Unavailable, "Too many people are signing in at this moment.", "Hiện có quá nhiều người đang đăng nhập. Vui lòng thử lại sau ít giây.")
		e.RetryAfterS = 5
		return e
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	fn()
	return nil
}

// hash returns the PHC string of a password.
func (h *hasher) hash(ctx context.Context, password string) (phc string, err error) {
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(h.rnd, salt); err != nil {
		return "", err
	}
	err = h.run(ctx, func() {
		key := argon2.IDKey([]byte(norm.NFC.String(password)), salt, argonTime, argonMemoryKiB, argonThreads, argonKey)
		phc = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemoryKiB, argonTime, argonThreads,
			phcEncoding.EncodeToString(salt), phcEncoding.EncodeToString(key))
	})
	return phc, err
}

// matches compares a password with a PHC string. An unreadable string matches
// nothing, but takes as long: who asks cannot tell a login that does not exist.
func (h *hasher) matches(ctx context.Context, password, phc string) (ok bool, err error) {
	m, t, p, salt, want, readable := readPHC(phc)
	if !readable {
		m, t, p, salt, want = argonMemoryKiB, argonTime, argonThreads, make([]byte, argonSalt), make([]byte, argonKey)
	}
	err = h.run(ctx, func() {
		got := argon2.IDKey([]byte(norm.NFC.String(password)), salt, t, m, p, uint32(len(want)))
		ok = subtle.ConstantTimeCompare(got, want) == 1 && readable
	})
	return ok, err
}

// readPHC reads what hash wrote, also with other parameters of an earlier
// version within sane bounds.
func readPHC(s string) (m, t uint32, p uint8, salt, key []byte, ok bool) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return
	}
	var err1, err2 error
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); n != 3 || err != nil {
		return
	}
	salt, err1 = phcEncoding.DecodeString(parts[4])
	key, err2 = phcEncoding.DecodeString(parts[5])
	ok = err1 == nil && err2 == nil && len(salt) >= 8 && len(key) >= 16 && len(key) <= 64 &&
		m >= 8 && m <= 256<<10 && t >= 1 && t <= 16 && p >= 1 && p <= 8
	return
}

// minEntropy is what guessing a new password must cost at least, in bits by
// zxcvbn: those on lists of the most used ones (30,000 of them), with digits
// behind, rows of keys and runs like 1234567890 stay below. guessable bounds
// what is looked at, for looking takes longer than the text is long.
const (
	minEntropy = 20
	guessable  = 40
)

// contextWords are what one guesses first on this server; the login is another.
var contextWords = []string{"banso", "bản số", "matkhau", "mật khẩu", "thonban", "caimoi", "quantri", "congnghe", "vietnam", "tocongnghe"}

// checkPassword says what is wrong with a new password: its length, that it
// holds the login, or that it is guessed at once. Longer beats stranger, so no
// kind of character is asked for.
func checkPassword(login, password string) error {
	n := utf8.RuneCountInString(norm.NFC.String(password))
	switch {
	case !utf8.ValidString(password) || n < MinPassword || n > MaxPassword:
		return invalid("password", "A password has 10 to 128 characters.", "Mật khẩu phải có từ 10 đến 128 ký tự.")
	case strings.Contains(strings.ToLower(password), login):
		return invalid("password", "The password must not contain the login.", "Mật khẩu không được chứa tên đăng nhập.")
	case strings.Trim(password, password[:1]) == "":
		return invalid("password", "The password must not be one character repeated.", "Mật khẩu không được chỉ lặp lại một ký tự.")
	}
	head := []rune(password)
	if zxcvbn.PasswordStrength(string(head[:min(len(head), guessable)]), slices.Concat(contextWords, []string{login})).Entropy < minEntropy {
		return invalid("password", "This password is one of the first that would be guessed. Take some words that belong together only for you.",
			"Mật khẩu này quá dễ đoán. Hãy ghép vài từ mà chỉ mình bạn nghĩ ra.")
	}
	return nil
}

// readLogin brings a login to its stored form: lower case; 3 to 64 of letters
// a–z, digits, dot, hyphen, underscore and @.
func readLogin(s string) (string, error) {
	l := strings.ToLower(strings.TrimSpace(s))
	if len(l) < 3 || len(l) > 64 || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789.-_@") != "" {
		return "", invalid("login", "A login has 3 to 64 of a–z, 0–9, dot, hyphen, underscore and @.",
			"Tên đăng nhập gồm 3 đến 64 ký tự a–z, 0–9, dấu chấm, gạch nối, gạch dưới và @.")
	}
	return l, nil
}

func invalid(field, en, vi string) error {
	e := domain.E(domain.Invalid, en, vi)
	e.Field = field
	return e
}
