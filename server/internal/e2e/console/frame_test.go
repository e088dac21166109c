package console

import (
	"testing"

	web "github.com/banso/banso/server/internal/e2e/browser"
)

// TestSignIn: an officer comes in, is named, and leaves nothing behind.
func TestSignIn(t *testing.T) {
	w := newWorld(t)
	b := w.enter(chair, web.Desk)
	b.See("Nguyễn Văn Chủ (mẫu)")
	b.Accessible(web.Axe(t, root), "inside")
	b.JS(`location.hash = "#/account"`, nil)
	b.See("Nơi đang đăng nhập")
	b.Tap("Đăng xuất")
	b.See("Đăng nhập trang quản lý")
	b.Accessible(web.Axe(t, root), "sign-in")
	b.Silent()
}
