package image

import (
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestCompose: the proxy's network and no other is believed, the image runs as
// it was built to, and names point at what is there. The louder tiers load the
// file with the library of docker compose (strict/main.go).
func TestCompose(t *testing.T) {
	b, err := os.ReadFile("compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			ReadOnly    bool              `yaml:"read_only"`
			CapDrop     []string          `yaml:"cap_drop"`
			SecurityOpt []string          `yaml:"security_opt"`
			Environment map[string]string `yaml:"environment"`
			Volumes     []string          `yaml:"volumes"`
			Ports       []string          `yaml:"ports"`
			Networks    []string          `yaml:"networks"`
		} `yaml:"services"`
		Networks map[string]struct {
			IPAM struct {
				Config []struct{ Subnet string } `yaml:"config"`
			} `yaml:"ipam"`
		} `yaml:"networks"`
		Volumes map[string]any `yaml:"volumes"`
	}
	if err := yaml.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	app, proxy := file.Services["banso"], file.Services["caddy"]
	if !app.ReadOnly || !slices.Contains(app.CapDrop, "ALL") || !slices.Contains(app.SecurityOpt, "no-new-privileges:true") || len(app.Ports) != 0 {
		t.Errorf("banso: %+v", app)
	}
	inside := file.Networks["inside"].IPAM.Config
	if len(inside) != 1 || app.Environment["BANSO_TRUSTED_PROXIES"] != inside[0].Subnet || !slices.Equal(app.Networks, proxy.Networks) {
		t.Errorf("networks %+v, believed %s", inside, app.Environment["BANSO_TRUSTED_PROXIES"])
	}
	if proxy.Environment["BANSO_UPSTREAM"] != "banso:8080" {
		t.Errorf("the proxy asks %s", proxy.Environment["BANSO_UPSTREAM"])
	}
	for _, v := range slices.Concat(app.Volumes, proxy.Volumes) {
		from, _, _ := strings.Cut(v, ":")
		if strings.HasPrefix(from, "../") {
			_, err = os.Stat(from)
		} else if _, named := file.Volumes[from]; !named && !strings.HasPrefix(from, "${") {
			t.Errorf("%s is no volume", v)
		}
		if err != nil {
			t.Error(err)
		}
	}
}
