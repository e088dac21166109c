package app

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// What the store holds, as figures without people.
var (
	fileBytes  = prometheus.NewDesc("banso_store_file_bytes", "Size of the data file.", nil, nil)
	freeBytes  = prometheus.NewDesc("banso_store_free_bytes", "Pages of the data file that hold nothing; banso compact gives them back.", nil, nil)
	waiting    = prometheus.NewDesc("banso_store_waiting", "Writes that wait for a commit.", nil, nil)
	readers    = prometheus.NewDesc("banso_store_readers", "Snapshots that are open; a long one keeps pages from being reused.", nil, nil)
	lasting    = prometheus.NewDesc("banso_store_durable_commit", "Commit up to which two verified backups hold everything.", nil, nil)
	activities = prometheus.NewDesc("banso_activities", "Activities by state, of all months.", []string{"state"}, nil)
	phonesSeen = prometheus.NewDesc("banso_phones", "Signed-in devices by days since their last contact, at most; more is all older ones.", []string{"days"}, nil)
	buildInfo  = prometheus.NewDesc("banso_build_info", "1; the version is the label.", []string{"version"}, nil)
)

// stateEvery is how old the figures of the store may be: reading them costs
// some milliseconds at a province's size.
const stateEvery = time.Minute

// contactDays are the ages of banso_phones.
var contactDays = []int{1, 7, 30}

// stateMeter reads the state of the store when it is asked.
type stateMeter struct {
	app *App

	mu     sync.Mutex
	readAt time.Time
	last   storeState
}

type storeState struct {
	lasting int64
	states  map[string]int64
	phones  map[string]int64
}

// Describe implements prometheus.Collector.
func (*stateMeter) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{fileBytes, freeBytes, waiting, readers, lasting, activities, phonesSeen, buildInfo} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *stateMeter) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v int64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	f := m.app.store.Figures()
	gauge(fileBytes, f.FileBytes)
	gauge(freeBytes, f.FreeBytes)
	gauge(waiting, int64(f.Waiting))
	gauge(readers, int64(f.Readers))
	gauge(buildInfo, 1, Version())
	st, err := m.state()
	if err != nil {
		m.app.cfg.Log.Warn("the state of the store can't be measured", "error", err)
		return
	}
	gauge(lasting, st.lasting)
	for state, n := range st.states {
		gauge(activities, n, state)
	}
	for days, n := range st.phones {
		gauge(phonesSeen, n, days)
	}
}

func (m *stateMeter) state() (storeState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.app.cfg.Wall()
	if m.last.states != nil && now.Sub(m.readAt) < stateEvery {
		return m.last, nil
	}
	st := storeState{states: map[string]int64{}, phones: map[string]int64{"more": 0}}
	for _, d := range contactDays {
		st.phones[strconv.Itoa(d)] = 0
	}
	ctx := context.Background()
	err := m.app.store.View(ctx, func(r store.Reader) error {
		st.lasting = r.Head().Durable
		return r.Counters("stats/", func(key string, n int64) bool {
			if p := strings.Split(key, "/"); len(p) == 5 && p[3] == "s" {
				st.states[p[4]] += n
			}
			return true
		})
	})
	if err != nil {
		return st, err
	}
	today := m.app.cfg.Now()
	if err := m.app.auth.Contacts(ctx, func(_ domain.ID, at time.Time, _ string) { st.phones[ageOf(today.Sub(at))]++ }); err != nil {
		return st, err
	}
	m.last, m.readAt = st, now
	return st, nil
}

func ageOf(d time.Duration) string {
	for _, days := range contactDays {
		if d <= time.Duration(days)*24*time.Hour {
			return strconv.Itoa(days)
		}
	}
	return "more"
}
