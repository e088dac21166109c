package phone

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// options are the flags of all commands.
type options struct{ dir, lang string }

// Command returns the command "phone" with all it can do.
func Command() *cobra.Command {
	var o options
	c := &cobra.Command{
		Use:   "phone",
		Short: "Một chiếc điện thoại trong cửa sổ lệnh (a phone in a terminal)",
		Long:  "Ghi nhận hoạt động khi không có mạng, gửi khi có mạng, xem tháng còn thiếu gì.\nLog work offline, send it when there is a network, see what the month still lacks.",
	}
	c.PersistentFlags().StringVar(&o.dir, "dir", defaultDir(), "folder of this phone")
	c.PersistentFlags().StringVar(&o.lang, "lang", "vi", "vi | en")
	c.AddCommand(activateCommand(&o), loginCommand(&o), logCommand(&o), reportCommand(&o), listCommand(&o), monthCommand(&o),
		kindsCommand(&o), syncCommand(&o), reviewCommand(&o), withdrawCommand(&o), exportCommand(&o))
	return c
}

func defaultDir() string {
	base, err := os.UserConfigDir()
	if err != nil {
		base = "."
	}
	return filepath.Join(base, "banso-phone")
}

// with runs fn on the open phone.
func (o *options) with(fn func(*terminal) error) error {
	t, err := open(o.dir, o.lang)
	if err != nil {
		return err
	}
	defer t.Close()
	return fn(t)
}

const device = "terminal"

func activateCommand(o *options) *cobra.Command {
	var url string
	c := &cobra.Command{
		Use: "activate CODE", Args: cobra.ExactArgs(1), Short: "Kích hoạt bằng mã một lần (activate with a single-use code)",
		RunE: func(c *cobra.Command, args []string) error {
			return o.signIn(c, url, func(a *api.Client, install syncproto.ID) (api.Session, error) {
				return a.Activate(c.Context(), api.Activate{Code: args[0], Install: install, DeviceName: device})
			})
		},
	}
	urlFlag(c, &url)
	return c
}

func loginCommand(o *options) *cobra.Command {
	var url string
	c := &cobra.Command{
		Use: "login NAME", Args: cobra.ExactArgs(1), Short: "Đăng nhập bằng mật khẩu của cán bộ, gõ ở dòng sau, rồi mã xác thực nếu có (sign an officer in, the password comes on standard input, then a code if there is a second factor)",
		RunE: func(c *cobra.Command, args []string) error {
			in := bufio.NewReader(c.InOrStdin())
			line := func() (string, error) {
				text, err := in.ReadString('\n')
				if err == io.EOF {
					err = nil
				}
				return strings.TrimRight(text, "\r\n"), err
			}
			password, err := line()
			if err != nil {
				return err
			}
			return o.signIn(c, url, func(a *api.Client, install syncproto.ID) (api.Session, error) {
				return a.LoginAsking(c.Context(), api.Login{Login: args[0], Password: password, Install: install, DeviceName: device}, line)
			})
		},
	}
	urlFlag(c, &url)
	return c
}

func urlFlag(c *cobra.Command, url *string) {
	c.Flags().StringVar(url, "url", "http://127.0.0.1:8080", "address of the server")
}

func (o *options) signIn(c *cobra.Command, url string, sign func(*api.Client, syncproto.ID) (api.Session, error)) error {
	person, err := signIn(o.dir, url, sign)
	if p := api.AsProblem(err); p != nil && o.lang != "en" && p.TitleVi != "" {
		return errors.New(cmp.Or(p.DetailVi, p.TitleVi))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), tActivated.in(o.lang), person)
	return nil
}

func syncCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "sync", Args: cobra.NoArgs, Short: "Gửi và nhận (send and receive)",
		RunE: func(c *cobra.Command, _ []string) error {
			return o.with(func(t *terminal) error {
				out, err := t.Sync(c.Context())
				if err != nil {
					return err
				}
				return t.status(c.OutOrStdout(), out)
			})
		},
	}
}

func exportCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "export FILE", Args: cobra.ExactArgs(1), Short: "Lưu việc chưa gửi ra tệp (write what is unsent to a file)",
		RunE: func(_ *cobra.Command, args []string) error {
			return o.with(func(t *terminal) error {
				b, err := t.Export()
				if err != nil {
					return err
				}
				return os.WriteFile(args[0], b, 0o600)
			})
		},
	}
}
