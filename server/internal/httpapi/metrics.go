package httpapi

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/banso/banso/syncproto"
)

// Metrics counts requests by route. A nil *Metrics counts nothing.
type Metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	sheds    *prometheus.CounterVec
	callers  *prometheus.CounterVec
	verdicts *prometheus.CounterVec
	atWork   *prometheus.GaugeVec
}

// NewMetrics makes the collectors and registers them.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "banso_http_requests_total",
			Help: "Requests answered, by route and status."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "banso_http_request_seconds",
			Help: "Time from admission to the answer.", Buckets: []float64{.001, .005, .02, .1, .5, 2, 10, 60}}, []string{"route"}),
		sheds: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "banso_http_shed_total",
			Help: "Requests told to come again, by kind of load."}, []string{"load"}),
		callers: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "banso_http_callers_total",
			Help: "Requests by whose word their address is: direct, proxied (X-Forwarded-For of a trusted proxy) or claimed (of anybody else; not believed)."}, []string{"address"}),
		verdicts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "banso_sync_verdicts_total",
			Help: "Verdicts answered to phones, repeated ones included."}, []string{"verdict", "code"}),
		atWork: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "banso_http_at_work",
			Help: "Requests that hold a place, by kind of load."}, []string{"load"}),
	}
	reg.MustRegister(m.requests, m.seconds, m.sheds, m.callers, m.verdicts, m.atWork)
	return m
}

func (m *Metrics) request(r route, status int, d time.Duration) {
	if m == nil {
		return
	}
	m.requests.WithLabelValues(r.method, r.path, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(r.path).Observe(d.Seconds())
}

func (m *Metrics) shed(l load) {
	if m != nil {
		m.sheds.WithLabelValues(l.String()).Inc()
	}
}

// caller counts by whose word an address is.
func (m *Metrics) caller(kind string) {
	if m != nil {
		m.callers.WithLabelValues(kind).Inc()
	}
}

// judged counts the verdicts of a sync.
func (m *Metrics) judged(list []syncproto.Verdict) {
	if m == nil {
		return
	}
	for i := range list {
		m.verdicts.WithLabelValues(string(list[i].V), string(list[i].Code)).Inc()
	}
}

// place says that a request took a place, or gave it back.
func (m *Metrics) place(l load, by float64) {
	if m != nil {
		m.atWork.WithLabelValues(l.String()).Add(by)
	}
}
