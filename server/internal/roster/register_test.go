package roster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
)

// TestRegister: a commune is registered, corrected, taken back and registered
// again; what is no registration is refused, and so is who may not.
func TestRegister(t *testing.T) {
	w, ids := few(t)
	good := domain.Registration{Commune: ids["04249"], Year: 2023, Standard: "standard", Decision: "894/QĐ-UBND", On: "2023-06-01", Origin: domain.Sourced}
	list := func() []domain.Registration {
		t.Helper()
		out, err := w.svc.Registrations(t.Context(), w.admin, 2023)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	better := good
	better.Standard = "advanced"
	for _, g := range []domain.Registration{good, better} {
		if _, err := w.svc.Register(t.Context(), w.admin, g); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]domain.Registration{g}, list()); diff != "" {
			t.Error(diff)
		}
	}
	if err := w.svc.Unregister(t.Context(), w.admin, good.Commune, 2023); err != nil || len(list()) > 0 {
		t.Fatalf("taken back: %v, left %v", err, list())
	}
	if err := w.svc.Unregister(t.Context(), w.admin, good.Commune, 2023); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("taken back twice: %v", err)
	}
	if _, err := w.svc.Register(t.Context(), w.admin, good); err != nil || len(list()) != 1 {
		t.Errorf("registered again: %v", err)
	}
	for field, bad := range map[string]func(*domain.Registration){
		"standard": func(g *domain.Registration) { g.Standard = "best" },
		"decision": func(g *domain.Registration) { g.Decision = " " },
		"on":       func(g *domain.Registration) { g.On = "hôm qua" },
		"origin":   func(g *domain.Registration) { g.Origin = "" },
		"unit":     func(g *domain.Registration) { g.Commune = ids["15"] },
	} {
		g := good
		bad(&g)
		if _, err := w.svc.Register(t.Context(), w.admin, g); domain.CodeOf(err) != domain.Invalid || err.(*domain.Error).Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := w.svc.Register(t.Context(), caller(ids["V1"]), good); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a viewer registered: %v", err)
	}
	if err := w.svc.Unregister(t.Context(), caller(ids["C1"]), good.Commune, 2023); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a chair took back: %v", err)
	}
}
