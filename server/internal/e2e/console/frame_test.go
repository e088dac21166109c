package console

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	web "github.com/banso/banso/server/internal/e2e/browser"
)

// TestSignIn: an officer comes in, switches the second factor on, and comes in
// again with it; a session that ended under his hands asks him to sign in where
// he is.
func TestSignIn(t *testing.T) {
	w := newWorld(t)
	axe := web.Axe(t, root)
	b := w.enter(chair, web.Desk)
	b.See("Nguyễn Văn Chủ (mẫu)")
	b.JS(`location.hash = "#/account"`, nil)
	b.Tap("Bật xác thực hai lớp")
	b.See("Quét mã này")
	b.Accessible(axe, "account")
	var secret string
	b.JS(`document.querySelector("main code").textContent`, &secret)
	digits := func() string {
		code, err := totp.GenerateCode(secret, w.now())
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	b.Write("Số đang hiện", digits())
	b.Tap("Kiểm tra và bật")
	b.Tap("Tôi đã cất")
	w.jump(time.Minute)
	b.Tap("Đăng xuất")
	b.See("Đăng nhập trang quản lý")
	b.Accessible(axe, "sign-in")
	w.fill(b, chair)
	b.Write("Mã xác thực", digits())
	b.Tap("Đăng nhập")
	b.See("Đăng xuất")
	b.JS(`location.hash = "#/account"`, nil)
	b.See("Đăng xuất máy này")
	w.endSessions(chair)
	b.Tap("Đăng xuất máy này")
	b.See("Phiên làm việc đã hết")
	w.jump(time.Minute)
	w.fill(b, chair)
	b.Write("Mã xác thực", digits())
	b.JS(`document.querySelector("dialog form").requestSubmit()`, nil)
	b.See("Đã đăng xuất máy đó.") // what was begun goes on
	b.Silent()
}

// TestSignIn_Passkey: an officer makes a passkey, comes in with it alone, and
// removes it; two administrators take a lost second factor away, and the log says
// who did.
func TestSignIn_Passkey(t *testing.T) {
	w := newWorld(t)
	b := web.New(t, strings.Replace(w.base, "127.0.0.1", "localhost", 1), web.Desk)
	b.Run(webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2,
			Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
			AutomaticPresenceSimulation: true}).Do(ctx)
		return err
	}))
	b.Open("/console/")
	b.Write("Tên đăng nhập", "login."+province)
	b.Write("Mật khẩu", password)
	b.JS(`document.querySelector("form").requestSubmit()`, nil)
	b.See("Đăng xuất")
	b.JS(`location.hash = "#/account"`, nil)
	b.Write("Tên khóa", "Máy cơ quan (thử)")
	b.Tap("Tạo khóa trên máy này")
	b.See("chưa dùng")
	b.Accessible(web.Axe(t, root), "account with a passkey")
	b.Tap("Đăng xuất")
	b.Tap("Đăng nhập bằng khóa")
	b.See("Phạm Văn Tỉnh (mẫu)")
	b.JS(`location.hash = "#/account"`, nil)
	b.See("dùng lần cuối")
	w.secondOn(chair)
	if _, err := w.as[second].RestoreSecond(t.Context(), w.who[chair]); err != nil {
		t.Fatal(err)
	}
	b.Open("/console/?again#/account")
	b.See("Vũ Thị Hai (mẫu) đã báo mất")
	b.Picture("account-restore")
	b.Tap("Xác nhận và gỡ")
	b.See("Đã gỡ lớp thứ hai của Nguyễn Văn Chủ (mẫu).")
	b.JS(`location.hash = "#/audit"`, nil)
	b.See("Người, xác thực")
	w.inspect(b, "audit")
	b.Write("Người, tổ, xã", "vu thi hai")
	b.Tap("Tìm")
	b.Until("only what one person did", `[...document.querySelectorAll("tbody tr")].every((r) => r.cells[1].innerText === "Vũ Thị Hai (mẫu)")`)
	b.JS(`location.hash = "#/account"`, nil)
	w.jump(20 * time.Minute) // the sign-in proves nothing any more
	b.Tap("Xóa khóa")
	b.See("Xác nhận chính bạn")
	b.Picture("prove-passkey")
	b.Tap("Xác nhận bằng khóa")
	b.See("Đã xóa khóa.")
	b.Tap("Đăng xuất")
	b.Tap("Đăng nhập bằng khóa")
	b.See("không mở được tài khoản nào")
	b.Silent()
}

// secondOn switches a person's second factor on.
func (w *world) secondOn(name string) {
	w.t.Helper()
	fresh, err := w.as[name].BeginSecond(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	code, err := totp.GenerateCode(fresh.Secret, w.now())
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.as[name].ConfirmSecond(w.t.Context(), code); err != nil {
		w.t.Fatal(err)
	}
}

// fill answers the door with login and password.
func (w *world) fill(b *web.Tab, name string) {
	w.t.Helper()
	b.Write("Tên đăng nhập", "login."+name)
	b.Write("Mật khẩu", password)
	b.JS(`document.querySelector("form").requestSubmit()`, nil)
	b.Until("the second factor to be asked for", `[...document.querySelectorAll("label")].some((l) => l.innerText.includes("Mã xác thực"))`)
}

// endSessions signs a person's browsers out from elsewhere.
func (w *world) endSessions(name string) {
	w.t.Helper()
	list, err := w.as[system].Devices(w.t.Context(), w.who[name])
	if err != nil {
		w.t.Fatal(err)
	}
	for _, d := range list {
		if err := w.as[system].RevokeDevice(w.t.Context(), d.ID); err != nil {
			w.t.Fatal(err)
		}
	}
}

// jump moves the server's clock.
func (w *world) jump(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}
