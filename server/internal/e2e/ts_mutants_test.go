package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tsMutants are engines with one deliberate mistake each: a text of the source
// that stands exactly once, and what is put in its place.
var tsMutants = []struct{ name, file, from, to string }{
	{"sent is dropped at the ack instead of when it is durable", "answer.ts",
		"    this.tx.putSent(it);\n    this.touched", "    this.touched"},
	{"an ack marks newer edits as sent", "answer.ts",
		"const ack = Math.min(this.resp.ack, this.req.first + this.req.count - 1);",
		"const ack = this.resp.ack > this.meta.ack ? this.meta.top : this.resp.ack;"},
	{"a reset drops the outbox", "pages.ts",
		"      s.repair = s.bad;\n", "      s.repair = s.bad;\n      for (const it of await this.tx.outbox(0)) this.tx.deleteOutbox(it.n);\n"},
	{"a fork is not repaired: rotate is taken for busy", "answer.ts",
		`if (resp.state === "rotate" || resp.state === "lost") {`, `if (resp.state === "lost") {`},
	{"a rotation offers the outbox alone", "rotate.ts",
		"const all = [...sent, ...waiting];", "const all = waiting;"},
	{"lost history does not set the cursors to 0", "rotate.ts",
		"      s.cur = s.since = s.retryMs = 0;\n", ""},
	{"an acked edit disappears until its scope was read", "answer.ts",
		"if (this.meta.lagging || p.again) await this.settleLag(p);", "void 0;"},
	{"a record that moved stays where it was", "pages.ts",
		`if (c.op === "leave") await this.leave(page.scope, c);`, `if (c.op === "leave") continue;`},
}

// TestTypeScript_MutantsAreFound: the histories are worth something only if
// they notice an engine that is wrong.
func TestTypeScript_MutantsAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("the mutants are left out with -short")
	}
	most := 8
	if os.Getenv("CHECK") != "" && os.Getenv("CHECK") != "ci" {
		most = 60
	}
	w := newTSWorld(t)
	for _, m := range tsMutants {
		path := "syncproto/ts/src/" + m.file
		text, err := os.ReadFile(filepath.Join("../../..", path))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), m.from) != 1 {
			t.Errorf("%s: the patch does not apply to %s any more", m.name, m.file)
			continue
		}
		script := tsBuild(t, map[string]string{path: strings.Replace(string(text), m.from, m.to, 1)})
		w.t = t
		done := w.play(script, 1, most)
		last := done[len(done)-1]
		if len(last.Wrong) == 0 {
			t.Errorf("%s: not found in %d histories", m.name, len(done))
			continue
		}
		t.Logf("%s: found in history %d: %.160s", m.name, len(done), last.Wrong[0])
	}
}
