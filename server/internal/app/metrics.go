package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// meter counts what the store does; requests are counted by httpapi.
type meter struct {
	commits prometheus.Counter // two syncs of the disk each
	head    prometheus.Gauge   // newest commit, a seq
	took    prometheus.Histogram
	updates prometheus.Histogram
	rounds  prometheus.Histogram
	failed  prometheus.Counter
}

func newMeter(reg prometheus.Registerer) *meter {
	m := &meter{
		commits: prometheus.NewCounter(prometheus.CounterOpts{Name: "banso_store_commits_total", Help: "Durable commits; waiting writes share one."}),
		head:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "banso_store_commit", Help: "Number of the newest commit (seq)."}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "banso_store_commit_seconds",
			Help: "Time of a commit with both syncs to disk.", Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10}}),
		updates: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "banso_store_commit_updates",
			Help: "Writes that shared a commit.", Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512}}),
		rounds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "banso_worker_round_seconds",
			Help: "Time of a round of follow-up work.", Buckets: []float64{.001, .01, .1, 1, 10, 60}}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{Name: "banso_worker_failures_total", Help: "Rounds of follow-up work that failed; they are tried again."}),
	}
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.commits, m.head,
		m.took, m.updates, m.rounds, m.failed)
	return m
}

func (m *meter) commit(seq int64) {
	m.commits.Inc()
	m.head.Set(float64(seq))
}

func (m *meter) group(updates int, took time.Duration) {
	m.took.Observe(took.Seconds())
	m.updates.Observe(float64(updates))
}

// round counts one of the worker's.
func (m *meter) round(took time.Duration, err error) {
	m.rounds.Observe(took.Seconds())
	if err != nil {
		m.failed.Inc()
	}
}

// What the backups' status becomes; places are named as in the settings.
var (
	backupHolds = prometheus.NewDesc("banso_backup_holds_until_seconds", "Unix time up to which a place holds everything; 0: never took a backup.", []string{"place"}, nil)
	backupLate  = prometheus.NewDesc("banso_backup_late", "1 if a place has not taken all for too long.", []string{"place"}, nil)
	backupFails = prometheus.NewDesc("banso_backup_failures_total", "Backups of this run that did not reach every place.", nil, nil)
	backupBytes = prometheus.NewDesc("banso_backup_bytes", "Size of the newest packed backup of this run.", nil, nil)
	backupTook  = prometheus.NewDesc("banso_backup_duration_seconds", "How long the newest backup of this run took.", nil, nil)
	drillGood   = prometheus.NewDesc("banso_backup_drill_good_seconds", "Unix time of the last restore drill that passed; 0: none.", nil, nil)
	drillBad    = prometheus.NewDesc("banso_backup_drill_failed", "1 if the last restore drill of this run failed.", nil, nil)
)

// backupMeter reads the status of backups when it is asked.
type backupMeter struct{ app *App }

// Describe implements prometheus.Collector.
func (backupMeter) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{backupHolds, backupLate, backupFails, backupBytes, backupTook, drillGood, drillBad} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m backupMeter) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	one := map[bool]float64{true: 1}
	st := m.app.backups.Status()
	for _, p := range st.Places {
		gauge(backupHolds, float64(p.AtMs)/1000, p.Place)
		gauge(backupLate, one[p.Late], p.Place)
	}
	gauge(backupBytes, float64(st.Last.Snap.Bytes))
	gauge(backupTook, st.Last.Took.Seconds())
	gauge(drillGood, float64(st.DrillMs)/1000)
	gauge(drillBad, one[st.DrillBad])
	ch <- prometheus.MustNewConstMetric(backupFails, prometheus.CounterValue, float64(st.Fails))
}
