package doctor

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

const askTime = 5 * time.Second

// Inside opens the debug socket of a running server.
func Inside(socket string) *http.Client {
	return &http.Client{Timeout: askTime, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
}

// server asks the running one how it is.
func (p Patient) server(ctx context.Context) []Finding {
	if p.Socket == "" {
		return []Finding{unknown("server", "The running server isn't asked: give --debug-socket.", "Chưa hỏi máy chủ đang chạy: thêm --debug-socket.")}
	}
	all, err := scrape(ctx, p.Socket)
	if err != nil {
		return []Finding{{"server", Now, "The server does not answer on its debug socket: " + reason(err), "Máy chủ không trả lời trên debug socket: " + reason(err),
			"systemctl status banso; journalctl -u banso -n 50", "systemctl status banso; journalctl -u banso -n 50"}}
	}
	return judgeServer(all)
}

type figures map[string]*dto.MetricFamily

func scrape(ctx context.Context, socket string) (figures, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://inside/metrics", nil)
	if err != nil {
		return nil, err
	}
	res, err := Inside(socket).Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", res.StatusCode)
	}
	return parse(res.Body)
}

func parse(r io.Reader) (figures, error) {
	p := expfmt.NewTextParser(model.UTF8Validation)
	return p.TextToMetricFamilies(r)
}

// sum adds up the values of a metric whose labels have all of the given ones;
// ok is false if there is none.
func (f figures) sum(name string, labels ...string) (total float64, ok bool) {
	for _, m := range f[name].GetMetric() {
		has := map[string]string{}
		for _, l := range m.GetLabel() {
			has[l.GetName()] = l.GetValue()
		}
		match := true
		for i := 0; i < len(labels); i += 2 {
			match = match && has[labels[i]] == labels[i+1]
		}
		if !match {
			continue
		}
		ok = true
		total += m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()
	}
	return total, ok
}

func judgeServer(f figures) []Finding {
	found := []Finding{fine("server", "The server runs.", "Máy chủ đang chạy.")}
	return append(found, judgeProxy(f), judgeBackups(f), judgeFaults(f))
}

// judgeProxy: whose address the server sees. Claims of who is no configured
// proxy mean that one stands in front which the server doesn't know, or that
// somebody tries it on.
func judgeProxy(f figures) Finding {
	const check = "proxy"
	claimed, _ := f.sum("banso_http_callers_total", "address", "claimed")
	proxied, _ := f.sum("banso_http_callers_total", "address", "proxied")
	direct, _ := f.sum("banso_http_callers_total", "address", "direct")
	switch {
	case claimed > 0 && claimed > proxied:
		return Finding{check, Soon, "A proxy stands in front that the server does not know: it takes all phones for one caller and slows them down together.",
			"Có proxy ở phía trước mà máy chủ chưa biết: mọi điện thoại bị coi là một và bị giới hạn chung.",
			"Name the proxy's address in trusted-proxies.", "Ghi địa chỉ của proxy vào cấu hình trusted-proxies."}
	case proxied == 0 && direct > 1000:
		return Finding{check, Soon, "All requests come without a proxy's word on who is calling.", "Mọi yêu cầu đều không có thông tin người gọi từ proxy.",
			"If a proxy stands in front, let it set X-Forwarded-For as in deploy/proxy.", "Nếu có proxy phía trước, hãy để proxy đặt X-Forwarded-For như trong deploy/proxy."}
	}
	return fine(check, "The server knows who is calling.", "Máy chủ biết đúng địa chỉ người gọi.")
}

func judgeBackups(f figures) Finding {
	const check = "backup"
	late, ok := f.sum("banso_backup_late")
	failed, _ := f.sum("banso_backup_drill_failed")
	switch {
	case !ok:
		return unknown(check, "The server says nothing about backups.", "Máy chủ không cho biết tình trạng sao lưu.")
	case late > 0:
		return Finding{check, Now, "A place of backups has not taken all for too long.", "Có nơi lưu bản sao quá lâu chưa nhận đủ dữ liệu.",
			"banso backup list shows which; look at that disk or its credentials.", "Chạy banso backup list để biết nơi nào; kiểm tra ổ đĩa hoặc tài khoản của nơi đó."}
	case failed > 0:
		return Finding{check, Now, "The last restore drill failed.", "Lần diễn tập khôi phục gần nhất bị lỗi.",
			"Run banso backup drill and read what it says.", "Chạy banso backup drill và đọc thông báo."}
	}
	return fine(check, "Backups are up to date.", "Bản sao lưu đầy đủ, đúng hạn.")
}

// judgeFaults: answers of 500 are ours to explain.
func judgeFaults(f figures) Finding {
	n := float64(0)
	for _, status := range []string{"500", "507"} {
		s, _ := f.sum("banso_http_requests_total", "status", status)
		n += s
	}
	if n > 0 {
		return Finding{"faults", Soon, fmt.Sprintf("%.0f requests ended with an error of the server since it started.", n),
			fmt.Sprintf("Từ khi khởi động đã có %.0f yêu cầu bị lỗi phía máy chủ.", n),
			"journalctl -u banso -p err; send a support bundle (banso bundle) to whoever looks after the program.",
			"journalctl -u banso -p err; gửi gói hỗ trợ (banso bundle) cho người phụ trách phần mềm."}
	}
	return fine("faults", "No request ended with an error of the server.", "Không có yêu cầu nào bị lỗi phía máy chủ.")
}
