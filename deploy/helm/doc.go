// Package helm holds the chart for a cluster: a StatefulSet of one, its claim,
// Service, Ingress and NetworkPolicy; where asked for, a ServiceMonitor and a
// CronJob that restores the newest backup with the operator's identity. The
// package has no code; its tests lint and render the chart where helm is
// installed, and hold the committed renderings to what they promise. strict
// decodes them into the types of Kubernetes (CHECK=full).
package helm
