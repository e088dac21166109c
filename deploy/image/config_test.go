package image

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestCompose_Config: the program that operators run takes the file, fills it
// in, and refuses it where the domain is missing.
func TestCompose_Config(t *testing.T) {
	compose := []string{"docker-compose"}
	if _, err := exec.LookPath(compose[0]); err != nil {
		if exec.Command("docker", "compose", "version").Run() != nil {
			t.Skip("no docker compose on this machine (package docker-compose; deploy/check.sh installs it in the louder tiers)")
		}
		compose = []string{"docker", "compose"}
	}
	config := func(env ...string) (string, error) {
		cmd := exec.Command(compose[0], append(compose[1:], "-f", "compose.yaml", "config")...)
		cmd.Env = append(os.Environ(), env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := config("BANSO_DOMAIN=banso.example", "BANSO_VERSION=7")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"image: banso:7", "read_only: true", "BANSO_DOMAIN: banso.example", "condition: service_healthy"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if out, err := config("BANSO_DOMAIN="); err == nil {
		t.Errorf("without a domain it is taken:\n%s", out)
	}
}
