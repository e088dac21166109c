// Package monitor holds how Bản Số is watched: METRICS.md (written from the
// code), alerts with their tests, and dashboards as code. Each alert names its
// chapter of deploy/RUNBOOK.md. The tests hold that alerts and dashboards use
// nothing but what the server measures, and let promtool play the alerts.
package monitor
