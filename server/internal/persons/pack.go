package persons

import (
	"archive/zip"
	"embed"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/domain"
)

//go:embed copy.html
var files embed.FS

// Write packs a copy: a page to read, the same as JSON, and the photos. A photo
// whose file is not there is left out; the page lists it.
func (s *Service) Write(w io.Writer, c *Copy) error {
	z := zip.NewWriter(w)
	at := time.UnixMilli(c.MadeMs)
	open := func(name string) (io.Writer, error) {
		return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	}
	page, err := open("doc-truoc.html")
	if err == nil {
		err = readable.Execute(page, c)
	}
	if err != nil {
		return err
	}
	raw, err := open("du-lieu.json")
	if err == nil {
		err = json.MarshalWrite(raw, c, json.Deterministic(true), jsontext.WithIndent("  "))
	}
	if err != nil {
		return err
	}
	for i, p := range c.Photos {
		b, err := blob.ReadStored(s.Dir, c.stored[i])
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, blob.ErrOtherBytes) {
			continue
		}
		if err != nil {
			return err
		}
		f, err := open(p.File)
		if err == nil {
			_, err = f.Write(b)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

var readable = template.Must(template.New("copy.html").Funcs(template.FuncMap{
	"at":   func(ms int64) string { return time.UnixMilli(ms).In(domain.Zone).Format("02/01/2006 15:04") },
	"word": func(s string) string { return wordOf(s) },
	"text": func(v jsontext.Value) string { return string(v) },
}).ParseFS(files, "copy.html"))

// words are how the page calls types, fields and roles; what has none is shown
// as it is.
var words = map[string]string{
	"person": "Hồ sơ", "grant": "Vai trò", "activity": "Hoạt động", "report": "Báo cáo tháng", "comment": "Ý kiến", "case": "Bản ghi bị gác lại",
	"dispute": "Thắc mắc", "inbox": "Tin nhắn trong ứng dụng", "officer": "Cán bộ chuyên trách", "called_up": "Được huy động", "payment": "Khoản chi",
	"proposal": "Đề nghị điều chỉnh", "job": "Lần nhập dữ liệu", "person_request": "Yêu cầu về dữ liệu", "team": "Tổ", "team_month": "Tháng của tổ",
	"announcement": "Thông báo", "kept_name": "Tên giữ trên chứng từ", "support_proposal": "Đề xuất hỗ trợ",
	"you": "chính bạn", "other": "người khác", "system": "hệ thống",
	"member": "Thành viên", "leader": "Tổ trưởng", "deputy_leader": "Tổ phó", "commune_chair": "Chủ tịch xã", "commune_vice_chair": "Phó chủ tịch xã",
	"commune_deputy": "Người thay thế", "commune_accountant": "Kế toán xã", "commune_officer": "Cán bộ xã", "district_officer": "Cán bộ huyện",
	"province_admin": "Quản trị tỉnh", "province_viewer": "Người xem cấp tỉnh", "system_admin": "Quản trị hệ thống",
}

func wordOf(s string) string {
	if w, ok := words[s]; ok {
		return w
	}
	return s
}
