package jobs

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Forget takes the names of a de-identified person out of the reports of
// imports, where a note may name who is called nearly the same. Files that jobs
// made go too, a few days before their time: they can be made again. So is what
// a job has read that is under way.
func Forget(tx store.Tx, v *roster.Veil) error {
	fill := func(text string) string {
		for _, n := range v.Names {
			if n != v.Alias {
				text = fillIn(text, within(n), within(v.Alias))
			}
		}
		return text
	}
	told, err := v.Among(tx, scopeJobs, typeJob)
	if err != nil {
		return err
	}
	for _, k := range told {
		if err := v.Put(tx, k, func(d syncproto.Doc) {
			for f, raw := range d {
				d[f] = jsontext.Value(fill(string(raw)))
			}
		}); err != nil {
			return err
		}
	}
	if err := forgetUnderWay(tx, fill); err != nil {
		return err
	}
	return drop(tx, kindOutput, "")
}

// forgetUnderWay does so with what is noted of jobs that are not done.
func forgetUnderWay(tx store.Tx, fill func(string) string) error {
	stands := map[string]stand{}
	var bad error
	if err := tx.Credentials(kindStand, "", func(id string, raw jsontext.Value) bool {
		if strings.Contains(id, "/") { // lines of bad rows
			return true
		}
		var at stand
		bad = json.Unmarshal([]byte(fill(string(raw))), &at)
		at.Stale = true
		stands[id] = at
		return bad == nil
	}); err != nil || bad != nil {
		return errors.Join(err, bad)
	}
	for id, at := range stands {
		if err := store.SaveCredential(tx, kindStand, id, at); err != nil {
			return err
		}
	}
	return nil
}

// fillIn puts another name in the place of one, but not where it goes on to a
// longer one. What stands before doesn't matter: it may be an escape's letter.
func fillIn(text, name, other string) string {
	var out strings.Builder
	for {
		i := strings.Index(text, name)
		if i < 0 {
			return out.String() + text
		}
		end := i + len(name)
		next, _ := utf8.DecodeRuneInString(text[end:])
		out.WriteString(text[:i])
		if unicode.IsLetter(next) {
			out.WriteString(name)
		} else {
			out.WriteString(other)
		}
		text = text[end:]
	}
}

// within is how a text stands inside a canonical string.
func within(s string) string {
	q := string(syncproto.Str(s))
	return q[1 : len(q)-1]
}
