package monitor

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Panel is one graph; Queries are PromQL by legend, in order.
type Panel struct {
	Title, Unit string
	Queries     [][2]string // legend, query
	Stat        bool        // one number instead of a curve
}

// Dashboard is a page of graphs.
type Dashboard struct {
	UID, Title string
	Panels     []Panel
}

// Operator shows whether the machine and the server are well.
func Operator() Dashboard {
	return Dashboard{"banso-operator", "Bản Số – vận hành / operator", []Panel{
		{"Máy chủ / up", "none", [][2]string{{"up", `up{job="banso"}`}}, true},
		{"Sao lưu trễ / backups late", "none", [][2]string{{"{{place}}", `banso_backup_late`}}, true},
		{"Tuổi bản sao lưu / age of backups", "s", [][2]string{{"{{place}}", `time() - banso_backup_holds_until_seconds`}}, true},
		{"Lỗi 5xx trong 1 giờ / errors in an hour", "none", [][2]string{{"{{status}}", `sum by (status) (increase(banso_http_requests_total{status=~"5.."}[1h]))`}}, true},
		{"Yêu cầu / requests", "reqps", [][2]string{{"{{route}}", `sum by (route) (rate(banso_http_requests_total[5m]))`}}, false},
		{"Thời gian trả lời, p99 / latency", "s", [][2]string{{"{{route}}", `histogram_quantile(0.99, sum by (le, route) (rate(banso_http_request_seconds_bucket[5m])))`}}, false},
		{"Đang xử lý / at work", "none", [][2]string{{"{{load}}", `banso_http_at_work`}, {"chờ ghi / waiting", `banso_store_waiting`}}, false},
		{"Hẹn quay lại / told to come again", "reqps", [][2]string{{"{{load}}", `sum by (load) (rate(banso_http_shed_total[5m]))`}}, false},
		{"Ghi xuống đĩa / commits", "s", [][2]string{
			{"p50", `histogram_quantile(0.5, sum by (le) (rate(banso_store_commit_seconds_bucket[5m])))`},
			{"p99", `histogram_quantile(0.99, sum by (le) (rate(banso_store_commit_seconds_bucket[5m])))`}}, false},
		{"Lượt ghi chung một lần / writes in a commit", "none", [][2]string{{"", `rate(banso_store_commit_updates_sum[5m]) / rate(banso_store_commit_updates_count[5m])`}}, false},
		{"Tệp dữ liệu / data file", "bytes", [][2]string{{"tệp / file", `banso_store_file_bytes`}, {"chỗ trống / free", `banso_store_free_bytes`}}, false},
		{"Bộ nhớ, tệp mở / memory, descriptors", "bytes", [][2]string{{"RSS", `process_resident_memory_bytes{job="banso"}`}, {"fd", `process_open_fds{job="banso"}`}}, false},
		{"Việc sau đồng bộ / follow-up", "s", [][2]string{{"p90", `histogram_quantile(0.9, sum by (le) (rate(banso_worker_round_seconds_bucket[5m])))`}, {"lỗi / failures", `increase(banso_worker_failures_total[5m])`}}, false},
		{"Địa chỉ người gọi / callers", "reqps", [][2]string{{"{{address}}", `sum by (address) (rate(banso_http_callers_total[5m]))`}}, false},
	}}
}

// Province shows the work, for who has nothing to do with machines.
func Province() Dashboard {
	return Dashboard{"banso-province", "Bản Số – tỉnh / province", []Panel{
		{"Hoạt động theo trạng thái / activities by state", "none", [][2]string{{"{{state}}", `banso_activities`}}, true},
		{"Điện thoại liên lạc trong 7 ngày / phones seen in 7 days", "none", [][2]string{{"", `sum(banso_phones{days=~"1|7"})`}}, true},
		{"Điện thoại vắng quá 30 ngày / not seen for 30 days", "none", [][2]string{{"", `sum(banso_phones{days="more"})`}}, true},
		{"Thao tác trong ngày / mutations in a day", "none", [][2]string{{"{{verdict}}", `sum by (verdict) (increase(banso_sync_verdicts_total[1d]))`}}, true},
		{"Thao tác gửi lên / mutations", "none", [][2]string{{"{{verdict}}", `sum by (verdict) (increase(banso_sync_verdicts_total[1h]))`}}, false},
		{"Để riêng, theo lý do / set aside, by reason", "none", [][2]string{{"{{code}}", `sum by (code) (increase(banso_sync_verdicts_total{verdict="aside"}[1d]))`}}, false},
		{"Chờ duyệt / waiting for review", "none", [][2]string{{"", `banso_activities{state="pending_review"}`}}, false},
		{"Điện thoại theo lần liên lạc cuối / phones by last contact", "none", [][2]string{{"≤ {{days}}", `banso_phones`}}, false},
	}}
}

// JSON is what Grafana imports.
func (d Dashboard) JSON() ([]byte, error) {
	type obj = map[string]any
	source := obj{"type": "prometheus", "uid": "${source}"}
	panels := make([]obj, len(d.Panels))
	x, y := 0, 0
	for i, p := range d.Panels {
		kind, w, h := "timeseries", 12, 8
		if p.Stat {
			kind, w, h = "stat", 6, 5
		}
		if x+w > 24 {
			x, y = 0, y+h
		}
		targets := make([]obj, len(p.Queries))
		for k, q := range p.Queries {
			targets[k] = obj{"refId": string(rune('A' + k)), "expr": q[1], "legendFormat": q[0], "datasource": source}
		}
		panels[i] = obj{"id": i + 1, "type": kind, "title": p.Title, "datasource": source, "targets": targets,
			"gridPos":     obj{"x": x, "y": y, "w": w, "h": h},
			"fieldConfig": obj{"defaults": obj{"unit": p.Unit}, "overrides": []obj{}}}
		if x += w; x >= 24 {
			x, y = 0, y+h
		}
	}
	return json.Marshal(obj{"uid": d.UID, "title": d.Title, "schemaVersion": 39, "version": 1, "editable": true, "refresh": "1m", "tags": []string{"banso"},
		"time": obj{"from": "now-24h", "to": "now"}, "panels": panels,
		"templating": obj{"list": []obj{{"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}}},
	}, json.Deterministic(true), jsontext.WithIndent("  "))
}
