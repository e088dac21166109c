//go:build ignore

// Command strict decodes rendered charts into the types of the Kubernetes API
// and fails on a member that they don't have or a value that isn't of its
// type. It stands for kubeconform, whose schemas come from the network:
//
//	go run -modfile=.charts.mod ./deploy/helm/strict/main.go deploy/helm/testdata/*.yaml
//
// It is no part of the module's build: the types of Kubernetes are larger than
// all of the server, and nothing else needs them (.charts.mod pins them).
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	strict "sigs.k8s.io/yaml"
)

// serviceMonitor is what this chart may say of the resource of that name,
// which is not of Kubernetes itself but of the Prometheus operator.
type serviceMonitor struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	Spec            struct {
		Selector  meta.LabelSelector `json:"selector"`
		Endpoints []struct {
			Port     string `json:"port"`
			Path     string `json:"path"`
			Interval string `json:"interval"`
		} `json:"endpoints"`
	} `json:"spec"`
}

func typeOf(k meta.TypeMeta) any {
	switch k.APIVersion + " " + k.Kind {
	case "apps/v1 StatefulSet":
		return &apps.StatefulSet{}
	case "batch/v1 CronJob":
		return &batch.CronJob{}
	case "v1 Service":
		return &core.Service{}
	case "networking.k8s.io/v1 Ingress":
		return &networking.Ingress{}
	case "networking.k8s.io/v1 NetworkPolicy":
		return &networking.NetworkPolicy{}
	case "monitoring.coreos.com/v1 ServiceMonitor":
		return &serviceMonitor{}
	}
	return nil
}

func check(path string) (n int, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	r := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(b)))
	for {
		doc, err := r.Read()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		var kind meta.TypeMeta
		if err := strict.Unmarshal(doc, &kind); err != nil {
			return n, err
		}
		if kind.Kind == "" {
			continue
		}
		into := typeOf(kind)
		if into == nil {
			return n, fmt.Errorf("%s %s is not known here", kind.APIVersion, kind.Kind)
		}
		if err := strict.UnmarshalStrict(doc, into); err != nil {
			return n, fmt.Errorf("%s: %w", kind.Kind, err)
		}
		n++
	}
}

func main() {
	bad := len(os.Args) < 2
	for _, path := range os.Args[1:] {
		n, err := check(path)
		fmt.Printf("%s: %d resources\n", path, n)
		if err != nil || n == 0 {
			fmt.Println("  ", err)
			bad = true
		}
	}
	if bad {
		os.Exit(1)
	}
}
