package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const reachTime = 8 * time.Second

const certCheck = "certificate"

// Certificate asks the server at the address that phones use and returns what
// there is to say of its certificate, Unknown if nothing.
func (p Patient) Certificate(ctx context.Context) Finding {
	for _, f := range p.reach(ctx) {
		if f.Check == certCheck {
			return f
		}
	}
	return unknown(certCheck, "The certificate can't be seen from here.", "Không xem được chứng thư số từ đây.")
}

// Days before a certificate ends in which somebody is told. Renewals happen
// some 30 days before.
const (
	certSoon = 14 * 24 * time.Hour
	certNow  = 3 * 24 * time.Hour
)

// reach asks the server at the address that phones use.
func (p Patient) reach(ctx context.Context) []Finding {
	if p.Origin == "" {
		return []Finding{unknown("reach", "The address of phones is not known here: give --origin https://…", "Chưa biết địa chỉ điện thoại truy cập: thêm --origin https://…")}
	}
	u, err := url.Parse(p.Origin)
	if err != nil || u.Host == "" {
		return []Finding{{"reach", Soon, "The origin is no address of the form https://name.", "Địa chỉ công khai không có dạng https://tên-miền.", "Correct the setting origin.", "Sửa cấu hình origin."}}
	}
	if u.Scheme != "https" {
		return []Finding{{"reach", Now, "The origin is not https: the app can't work offline, and anybody on the way reads along.",
			"Địa chỉ công khai không phải https: ứng dụng không chạy ngoại tuyến được và dữ liệu có thể bị đọc trộm.",
			"Put a proxy with TLS in front: deploy/proxy.", "Đặt máy chủ proxy có TLS ở phía trước: deploy/proxy."}}
	}
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.JoinPath("readyz").String(), nil)
	if err != nil {
		return []Finding{unknown("reach", "The origin can't be asked.", "Không gọi được địa chỉ công khai.")}
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: p.tls, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return []Finding{judgeRefused(err)}
	}
	defer res.Body.Close()
	found := []Finding{judgeAnswer(res.StatusCode, res.Header.Get("Strict-Transport-Security") != "")}
	if res.TLS != nil && len(res.TLS.PeerCertificates) > 0 {
		found = append(found, judgeCertificate(res.TLS.PeerCertificates[0].NotAfter.Sub(p.Now())))
	}
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		found = append(found, judgeOffset(p.Now().Sub(at)))
	}
	return found
}

func judgeRefused(err error) Finding {
	var cert *tls.CertificateVerificationError
	var host x509.HostnameError
	if errors.As(err, &cert) || errors.As(err, &host) {
		return Finding{certCheck, Now, "Phones refuse the certificate of the origin.", "Điện thoại từ chối chứng thư số của địa chỉ công khai.",
			"Look at the proxy's log: the certificate has ended, is for another name, or its chain is incomplete.",
			"Xem nhật ký của proxy: chứng thư hết hạn, sai tên miền hoặc thiếu chuỗi chứng thực."}
	}
	return Finding{"reach", Now, "Nobody answers at the origin.", "Không ai trả lời ở địa chỉ công khai.",
		"Look at the proxy (systemctl status caddy nginx), the firewall (ports 80, 443) and the name (DNS).",
		"Kiểm tra proxy (systemctl status caddy nginx), tường lửa (cổng 80, 443) và tên miền (DNS)."}
}

func judgeAnswer(status int, hsts bool) Finding {
	const check = "reach"
	switch {
	case status != http.StatusOK:
		return Finding{check, Now, fmt.Sprintf("The origin answers %d to the question whether it is ready.", status),
			fmt.Sprintf("Địa chỉ công khai trả lời mã %d khi hỏi đã sẵn sàng chưa.", status),
			"502, 503 or 504: the server behind the proxy is down (systemctl status banso). 404: the proxy sends elsewhere.",
			"502, 503, 504: máy chủ phía sau proxy đang dừng (systemctl status banso). 404: proxy chuyển sai chỗ."}
	case !hsts:
		return Finding{check, Soon, "The origin answers, but does not insist on https (no Strict-Transport-Security).",
			"Địa chỉ công khai có trả lời nhưng chưa bắt buộc https (thiếu Strict-Transport-Security).",
			"Add the header in the proxy, as in deploy/proxy.", "Thêm header này ở proxy như trong deploy/proxy."}
	}
	return fine(check, "Phones reach the server over https.", "Điện thoại truy cập được máy chủ qua https.")
}

func judgeCertificate(left time.Duration) Finding {
	days := int(left.Hours() / 24)
	en, vi := fmt.Sprintf("The certificate is good for %d more days.", days), fmt.Sprintf("Chứng thư số còn hạn %d ngày.", days)
	f := Finding{Check: certCheck, Level: Fine, En: en, Vi: vi}
	if left < certSoon {
		f.Level, f.DoEn, f.DoVi = Soon, "Renewal has failed: look at the proxy's log (Caddy: port 80 must be open; certbot: certbot renew).",
			"Việc gia hạn tự động bị lỗi: xem nhật ký proxy (Caddy: phải mở cổng 80; certbot: chạy certbot renew)."
	}
	if left < certNow {
		f.Level = Now
	}
	return f
}
