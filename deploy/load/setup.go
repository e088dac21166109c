package load

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/syncproto"
)

// adminPassword is of a folder that lives as long as one measurement.
const adminPassword = "chỉ dùng trong một lần đo 8431"

// Shape of the accounts that Accounts makes: one commune, teams with a member
// each, so that every phone writes into a month of its own.
const (
	since    = "2023-01-01"
	province = "15"
	commune  = "04249"
)

// Accounts sets a fresh server up and signs n phones in, each from a loopback
// address of its own. It also returns the administrator.
func Accounts(ctx context.Context, s *Server, n int) (*client.Client, []*Phone, error) {
	base := "http://" + s.Addr
	admin := client.New(base, client.Options{})
	if _, err := admin.Setup(ctx, client.Setup{Code: s.Setup(), Name: "Quản trị (đo)", Login: "admin",
		Password: adminPassword, Install: syncproto.NewRandomID(rand.Reader)}); err != nil {
		return nil, nil, fmt.Errorf("load: setup: %w", err)
	}
	policy, err := data.Files.ReadFile("policies/yb-nq60-team.json")
	if err != nil {
		return nil, nil, err
	}
	if _, err := admin.PublishPolicy(ctx, policy); err != nil {
		return nil, nil, fmt.Errorf("load: policy: %w", err)
	}
	people, err := roster(ctx, admin, n)
	if err != nil {
		return nil, nil, err
	}
	phones := make([]*Phone, n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	gate := make(chan struct{}, 16)
	for start := 0; start < n; start += codesAtOnce {
		part := people[start:min(n, start+codesAtOnce)]
		ids := make([]client.ID, len(part))
		for i, p := range part {
			ids[i] = p.Person
		}
		codes, err := admin.NewCodes(ctx, ids)
		if err != nil {
			return nil, nil, fmt.Errorf("load: codes: %w", err)
		}
		for i, c := range codes {
			wg.Go(func() {
				gate <- struct{}{}
				defer func() { <-gate }()
				k := start + i
				phones[k] = part[i]
				errs[k] = phones[k].signIn(ctx, s.Addr, c.Code, k)
			})
		}
		wg.Wait()
	}
	for _, err := range errs {
		if err != nil {
			return nil, nil, err
		}
	}
	return admin, phones, nil
}

const codesAtOnce = 200

// roster imports the units, teams and members and returns a phone for each.
func roster(ctx context.Context, admin *client.Client, n int) ([]*Phone, error) {
	units := "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref\n" +
		"province," + province + ",tinh,Tỉnh Yên Bái,,," + since + ",,,\n" +
		"commune," + commune + ",phuong,Phường Yên Thịnh,," + province + "," + since + ",,,\n"
	var teams, members strings.Builder
	teams.WriteString("ref,name,level,commune_code,village,decision,established_on,dissolved_on\n")
	members.WriteString("ref,name,role,team_ref,from,to\n")
	for i := range n {
		fmt.Fprintf(&teams, "t%d,Tổ đo %d,village,%s,,01/QĐ-UBND,%s,\n", i, i, commune, since)
		fmt.Fprintf(&members, "p%d,Thành viên đo %d,leader,t%d,%s,\n", i, i, i, since)
	}
	made := map[string]client.ImportReport{}
	for _, f := range []struct{ kind, csv string }{{"units", units}, {"teams", teams.String()}, {"members", members.String()}} {
		r, err := admin.Import(ctx, f.kind, []byte(f.csv), false, false)
		if err != nil {
			return nil, fmt.Errorf("load: import %s: %w", f.kind, err)
		}
		if !r.Written || r.Bad > 0 {
			return nil, fmt.Errorf("load: import %s: %d bad rows", f.kind, r.Bad)
		}
		made[f.kind] = r
	}
	phones := make([]*Phone, n)
	for i := range phones {
		phones[i] = &Phone{
			Person: made["members"].Rows[i].ID, Team: made["teams"].Rows[i].ID,
			Client: syncproto.NewRandomID(rand.Reader), cursors: map[syncproto.Scope]int64{},
		}
	}
	return phones, nil
}

// signIn activates from the phone's own address and opens its connection.
func (p *Phone) signIn(ctx context.Context, addr, code string, k int) error {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: Loopback(k)}}
	t := &http.Transport{DialContext: d.DialContext, DisableKeepAlives: true}
	c := client.New("http://"+addr, client.Options{HTTP: &http.Client{Transport: t, Timeout: 30 * time.Second}})
	sess, err := c.Activate(ctx, client.Activate{Code: code, Install: syncproto.NewRandomID(rand.Reader)})
	if err != nil {
		return fmt.Errorf("load: activate: %w", err)
	}
	p.Token, p.session = sess.Access, c
	p.Conn, err = Dial(addr, k)
	return err
}

// Renew takes new tokens, as a phone does whose access token ends.
func (p *Phone) Renew(ctx context.Context) error {
	sess, err := p.session.Refresh(ctx)
	if err == nil {
		p.Token = sess.Access
	}
	return err
}

// Reconnect opens a new connection, after the server was started again.
func (p *Phone) Reconnect(addr string, k int) (err error) {
	if p.Conn != nil {
		p.Conn.Close()
	}
	p.Conn, err = Dial(addr, k)
	return err
}

// FreeAddr returns a loopback address with a port that nobody listens on now.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
