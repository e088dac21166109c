package oracle

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

func h16(p []byte) string {
	s := sha256.Sum256(p)
	return base64.RawURLEncoding.EncodeToString(s[:16])
}

// FP is the fingerprint of a mutation's bytes.
func FP(raw []byte) string { return h16(raw) }

func chainNext(chain, fp string) string {
	a, _ := base64.RawURLEncoding.DecodeString(chain)
	b, _ := base64.RawURLEncoding.DecodeString(fp)
	if len(a) == 0 {
		a = make([]byte, 16)
	}
	return h16(append(a, b...))
}

// sumOf is the sum of a scope by big-number arithmetic.
func sumOf(scope string, recs map[string]rec) string {
	total := new(big.Int)
	for _, r := range recs {
		s := sha256.Sum256([]byte(scope + "\x00" + r.typ + "\x00" + r.id + "\x00" + strconv.FormatInt(r.rev, 10) + "\x00" + r.h))
		total.Add(total, new(big.Int).SetBytes(s[:16]))
	}
	total.Mod(total, new(big.Int).Lsh(big.NewInt(1), 128))
	return base64.RawURLEncoding.EncodeToString(total.FillBytes(make([]byte, 16)))
}

// canon writes a JSON value in the canonical form: keys sorted, no space,
// minimal escapes.
func canon(raw []byte) (string, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return "", err
	}
	var b strings.Builder
	err := canonInto(&b, v)
	return b.String(), err
}

func canonInto(b *strings.Builder, v any) error {
	switch v := v.(type) {
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return fmt.Errorf("number %s is no integer", v)
		}
		b.WriteString(v.String())
	case string:
		b.WriteString(quote(v))
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := canonInto(b, e); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quote(k))
			b.WriteByte(':')
			if err := canonInto(b, v[k]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	default:
		return fmt.Errorf("%T is not of the profile", v)
	}
	return nil
}

// quote escapes as RFC 8785 does: std's encoder also escapes U+2028 and
// U+2029, which must stay as they are.
func quote(s string) string {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	q := strings.TrimSuffix(buf.String(), "\n")
	if strings.Contains(q, `\u202`) {
		q = strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029").Replace(q)
	}
	return q
}

// material and sets are the fields a reviewer decides on, from SPEC.md.
var (
	materialFields = map[string][]string{
		"activity": {"done_on", "category", "team", "measures"},
		"report":   {"team", "month", "summary", "difficulties", "proposals"},
	}
	setFields = map[string][]string{"activity": {"participants", "evidence"}}
)

// contentHash is c: over the material and set fields of a document.
func contentHash(typ string, doc map[string]string) string {
	var b strings.Builder
	b.WriteByte('{')
	keys := slices.Concat(materialFields[typ], setFields[typ])
	slices.Sort(keys)
	n := 0
	for _, k := range keys {
		v, ok := doc[k]
		if !ok {
			continue
		}
		if n > 0 {
			b.WriteByte(',')
		}
		n++
		b.WriteString(quote(k) + ":" + v)
	}
	b.WriteByte('}')
	return h16([]byte(b.String()))
}
