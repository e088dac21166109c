package console

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	web "github.com/banso/banso/server/internal/e2e/browser"
)

// named are the names and texts of this world that are Vietnamese in any
// language, and the two words of the frame that are.
var named = regexp.MustCompile(`[\p{L}'. ]+ \(mẫu\)|Quản Trị \(thử\)|Bản Số|Tiếng Việt|Tỉnh Yên Bái|Yên Bái|Đồng Nai|Xã (Việt Thành|Đào Thịnh)|` +
	`(Tổ CĐSCĐ )?[tT]hôn (Trúc Đình|Lan Đình|Phúc Đình|4)|[\d/]*(QĐ-UBND|NQ-HĐND|/QĐ)|Sổ(, trang| tiếp dân, trang) \d+|` +
	`Vì sao tổ tôi không được chi\?|Tháng này tổ chưa gửi báo cáo\.|Dự thảo nghị quyết [\p{L} ]*`)

var (
	vietnamese = regexp.MustCompile(`(?i)[ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]`)
	english    = regexp.MustCompile(`(?i)\b(the|of|and|with|without|is|are|was|not|your|this|from|for|has|have)\b`)
)

// onlyEnglish are the console's English texts that aren't Vietnamese ones too.
func onlyEnglish(t *testing.T) map[string]bool {
	t.Helper()
	texts := map[string]map[string]bool{"en.json": {}, "vi.json": {}}
	err := filepath.WalkDir(root+"/admin/console/src", func(path string, d fs.DirEntry, err error) error {
		into := texts[filepath.Base(path)]
		if err != nil || into == nil {
			return err
		}
		var file map[string]string
		raw, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(raw, &file)
		}
		for _, v := range file {
			into[v] = true
		}
		return err
	})
	if err != nil || len(texts["en.json"]) < 500 {
		t.Fatalf("%d English texts: %v", len(texts["en.json"]), err)
	}
	for v := range texts["vi.json"] {
		delete(texts["en.json"], v)
	}
	return texts["en.json"]
}

// said is every text of a screen: what is seen, and what a screen reader reads;
// not the names of a file's columns, nor an official name that says it is
// Vietnamese.
const said = `(() => {
	const out = new Set(), w = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (w.nextNode()) if (w.currentNode.parentElement.getClientRects().length && !w.currentNode.parentElement.closest("code, :not(html)[lang=vi]")) out.add(w.currentNode.data.trim());
	for (const e of document.querySelectorAll("[aria-label],[title],[placeholder],[alt]")) for (const a of ["aria-label", "title", "placeholder", "alt"]) out.add((e.getAttribute(a) ?? "").trim());
	return [...out].filter((s) => s && !s.includes("\n"));
})()`

// speaks goes through the screens of somebody's menu that were not seen, in
// Vietnamese and in English, and finds what is said in the other language.
func (w *world) speaks(b *web.Tab, seen map[string]bool) {
	w.t.Helper()
	foreign := onlyEnglish(w.t)
	var menu, fresh []string
	b.JS(`[...document.querySelectorAll("nav.menu a")].map((a) => a.getAttribute("href"))`, &menu)
	for _, href := range menu {
		if !seen[href] {
			seen[href] = true
			fresh = append(fresh, href)
		}
	}
	for _, lang := range []string{"vi", "en"} {
		if lang == "en" {
			b.Tap("English")
			b.See("Sign out")
		}
		for _, href := range fresh {
			b.JS(`location.hash = "`+href+`"`, nil)
			b.Until(href+" to stand", `document.querySelector("main[data-screen='`+strings.TrimPrefix(href, "#/")+`'] h1") && !document.querySelector(".waiting")`)
			var texts []string
			b.JS(said, &texts)
			if len(texts) < 10 {
				w.t.Errorf("%s says only %q", href, texts)
			}
			for _, s := range texts {
				if lang == "en" && vietnamese.MatchString(named.ReplaceAllString(s, "")) {
					w.t.Errorf("%s in English says %q", href, s)
				}
				if lang == "vi" && (foreign[s] || english.MatchString(named.ReplaceAllString(s, ""))) {
					w.t.Errorf("%s in Vietnamese says %q", href, s)
				}
			}
		}
	}
}
