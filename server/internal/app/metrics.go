package app

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// meter counts what the store does; requests are counted by httpapi.
type meter struct {
	commits prometheus.Counter // two syncs of the disk each
	head    prometheus.Gauge   // newest commit, a seq
}

func newMeter(reg prometheus.Registerer) *meter {
	m := &meter{
		commits: prometheus.NewCounter(prometheus.CounterOpts{Name: "banso_store_commits_total", Help: "Durable commits; waiting writes share one."}),
		head:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "banso_store_commit", Help: "Number of the newest commit (seq)."}),
	}
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.commits, m.head)
	return m
}

func (m *meter) commit(seq int64) {
	m.commits.Inc()
	m.head.Set(float64(seq))
}
