package console

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/auth/oidc"
	web "github.com/banso/banso/server/internal/e2e/browser"
)

// TestSignIn_Province: an officer links the own account with one of the
// province, at a real provider on another host, comes in with it alone and gives
// it up; whom nobody knows here reads what to do.
func TestSignIn_Province(t *testing.T) {
	tools := filepath.Join(root, "deploy/webbuild")
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node on this machine")
	}
	if _, err := os.Stat(filepath.Join(tools, "node_modules/oidc-provider")); err != nil {
		t.Skip("the npm packages are not installed here (npm ci in deploy/webbuild)")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	issuer := fmt.Sprintf("http://localhost:%d", free.Addr().(*net.TCPAddr).Port)
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *app.Config) {
		c.OIDC = oidc.Config{Issuer: issuer, Client: "banso", Secret: "a secret", Name: "tài khoản tỉnh (mẫu)"}
	})
	cmd := exec.Command("node", filepath.Join(tools, "idp/provider.mjs"), "banso", "a secret", w.base+"/console/", issuer)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}

	axe := web.Axe(t, root)
	b := w.enter(province, web.Desk)
	b.See("Đăng xuất")
	b.JS(`location.hash = "#/account"`, nil)
	b.Tap("Liên kết tài khoản của tỉnh")
	there := func(who string) {
		t.Helper()
		b.Until("the province's page", `document.querySelector("[name=as]") !== null`)
		b.JS(`document.querySelector("[name=as]").value = "`+who+`", document.querySelector("form").submit()`, nil)
	}
	there("can-bo-tinh")
	b.See("Đã liên kết với tài khoản của tỉnh.")
	b.See("Chưa dùng để đăng nhập.")
	b.Accessible(axe, "account with a link")
	b.Picture("account-province")
	b.Tap("Đăng xuất")
	b.See("Đăng nhập bằng tài khoản tỉnh (mẫu)")
	b.Accessible(axe, "sign-in with the province's account")
	b.Picture("sign-in-province")
	b.Tap("Đăng nhập bằng tài khoản tỉnh (mẫu)")
	there("can-bo-tinh")
	b.See("Phạm Văn Tỉnh (mẫu)")
	b.JS(`location.hash = "#/account"`, nil)
	b.See("Đăng nhập lần cuối")
	b.Tap("Bỏ liên kết")
	b.See("Đã bỏ liên kết.")
	b.JS(`location.hash = "#/teams/staff"`, nil)
	b.Tap("Xã Việt Thành")
	b.TapOn(`[aria-label="Tài khoản tỉnh của Nguyễn Văn Chủ (mẫu)"]`)
	b.Write("Mã định danh (sub)", "can-bo-xa")
	b.Tap("Liên kết")
	b.See("Bỏ liên kết")
	b.Accessible(axe, "another's link")
	b.TapOn(`dialog [aria-label="Đóng"]`)
	b.Tap("Đăng xuất")
	b.Tap("Đăng nhập bằng tài khoản tỉnh (mẫu)")
	there("can-bo-tinh")
	b.See("chưa được liên kết với ai ở đây")
	b.Accessible(axe, "nobody's account")
	b.Picture("sign-in-unlinked")
	b.Tap("Về trang đăng nhập")
	b.Tap("Đăng nhập bằng tài khoản tỉnh (mẫu)")
	there("")
	b.See("Bạn đã dừng ở trang của tỉnh.")
	b.Silent()
}
