package demo

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/banso/banso/deploy/data"
)

// Figures of Yên Bái in 2023 (sourced), and the bounds of the invented spread.
const (
	Communes        = 173
	VillageTeams    = 1356
	RegisteredTeams = 771

	minTeams = 3 // of a commune
	maxTeams = 40
)

// Rate of NQ 60/2022/NQ-HĐND in đồng, for the total that the funding decision
// names; what is paid comes from the server.
const Rate = 500_000

// Province is the plan of who is there.
type Province struct {
	Seed     uint64
	Scale    float64
	Units    []data.Unit // province, districts and the communes that take part
	Communes []*Commune
	Teams    []*Team // of all communes, in order
}

// Commune is one commune of the list of 2023.
type Commune struct {
	data.Unit
	Registered bool
	Advanced   bool
	Showcase   bool // the one of 40 teams whose chair finds 300 activities waiting
	Teams      []*Team
}

// Team is an invented village team.
type Team struct {
	N       int // in Province.Teams
	Ref     string
	Name    string
	Village string
	Commune *Commune
	Members []Member // 0 is the leader, 1 the deputy: they have the two phones
}

// Member is an invented person.
type Member struct{ Ref, Name, Role string }

// RegisteredTeams counts the teams of registered communes.
func (p *Province) RegisteredTeams() (n int) {
	for _, t := range p.Teams {
		if t.Commune.Registered {
			n++
		}
	}
	return n
}

// Showcase is the commune with waiting work.
func (p *Province) Showcase() *Commune {
	i := slices.IndexFunc(p.Communes, func(c *Commune) bool { return c.Showcase })
	return p.Communes[i]
}

// NewProvince makes the plan. A scale of 1 is the whole province; smaller ones
// keep its shape: fewer communes, about the same number of teams in each.
func NewProvince(seed uint64, scale float64) (*Province, error) {
	if scale <= 0 || scale > 1 || math.IsNaN(scale) {
		return nil, fmt.Errorf("scale %v is not above 0 and at most 1", scale)
	}
	all, err := data.Units("yenbai_2023")
	if err != nil {
		return nil, err
	}
	p := &Province{Seed: seed, Scale: scale}
	rnd := rand.New(rand.NewPCG(seed, 2023))
	communes := max(2, int(math.Round(Communes*scale)))
	teams := max(communes*minTeams, int(math.Round(VillageTeams*scale)))
	p.choose(rnd, all, communes)
	sizes := spread(rnd, communes, teams)
	p.register(rnd, sizes, int(math.Round(float64(teams)*RegisteredTeams/VillageTeams)))
	for i, c := range p.Communes {
		p.settle(rnd, c, sizes[i])
	}
	return p, nil
}

// choose takes n communes and the units above them. The showcase is the first.
func (p *Province) choose(rnd *rand.Rand, all []data.Unit, n int) {
	var communes []data.Unit
	for _, u := range all {
		if u.Level == "commune" {
			communes = append(communes, u)
		} else {
			p.Units = append(p.Units, u)
		}
	}
	if n < len(communes) {
		rnd.Shuffle(len(communes), func(i, j int) { communes[i], communes[j] = communes[j], communes[i] })
		communes = communes[:n]
		slices.SortFunc(communes, func(a, b data.Unit) int { return cmp.Compare(a.Code, b.Code) })
	}
	show := rnd.IntN(len(communes))
	for i, u := range communes {
		p.Units = append(p.Units, u)
		p.Communes = append(p.Communes, &Commune{Unit: u, Showcase: i == show})
	}
	slices.SortStableFunc(p.Communes, func(a, b *Commune) int { return cmp.Compare(boolInt(b.Showcase), boolInt(a.Showcase)) })
}

// spread divides teams over communes unevenly; the first gets the most.
func spread(rnd *rand.Rand, communes, teams int) []int {
	sizes := make([]int, communes)
	for i := range sizes {
		sizes[i] = minTeams
	}
	left := teams - communes*minTeams
	first := min(left, maxTeams-minTeams)
	sizes[0] += first
	weights, sum := make([]float64, communes), 0.0
	for i := 1; i < communes; i++ {
		weights[i] = math.Exp(rnd.NormFloat64() * 0.7)
		sum += weights[i]
	}
	for left -= first; left > 0; {
		x := rnd.Float64() * sum
		i := 1
		for ; i < communes-1 && x > weights[i]; i++ {
			x -= weights[i]
		}
		if sizes[i] < maxTeams-1 {
			sizes[i]++
			left--
		}
	}
	return sizes
}

// register picks communes whose teams add up to want, the first among them, or
// to the nearest sum below that can be had.
func (p *Province) register(rnd *rand.Rand, sizes []int, want int) {
	order := rnd.Perm(len(sizes) - 1)
	// via[s] is the index in order of the commune that last completed sum s.
	via := map[int]int{sizes[0]: -1}
	for k, o := range order {
		for s := want - sizes[o+1]; s >= sizes[0]; s-- {
			_, from := via[s]
			if _, known := via[s+sizes[o+1]]; from && !known {
				via[s+sizes[o+1]] = k
			}
		}
	}
	best := sizes[0]
	for s := range via {
		if s <= want && s > best {
			best = s
		}
	}
	p.Communes[0].Registered = true
	for s := best; via[s] >= 0; {
		c := order[via[s]] + 1
		p.Communes[c].Registered = true
		p.Communes[c].Advanced = rnd.IntN(4) == 0
		s -= sizes[c]
	}
}

// settle invents the villages and teams of a commune.
func (p *Province) settle(rnd *rand.Rand, c *Commune, n int) {
	kind := "Thôn"
	if !strings.HasPrefix(c.Name, "Xã ") {
		kind = "Tổ dân phố"
	}
	for i := range n {
		village := fmt.Sprintf("%s số %d", kind, i+1)
		if kind == "Thôn" {
			village = fmt.Sprintf("%s %s", kind, villageNames[i%len(villageNames)])
			if i >= len(villageNames) {
				village += fmt.Sprintf(" %d", i/len(villageNames)+1)
			}
		}
		t := &Team{N: len(p.Teams), Ref: fmt.Sprintf("%s-%02d", c.Code, i+1), Village: village, Commune: c,
			Name: "Tổ CĐSCĐ " + strings.ToLower(kind[:1]) + kind[1:] + strings.TrimPrefix(village, kind)}
		for m := range 4 + rnd.IntN(5) {
			role := "member"
			if m == 0 {
				role = "leader"
			} else if m == 1 {
				role = "deputy_leader"
			}
			t.Members = append(t.Members, Member{Ref: fmt.Sprintf("%s-%d", t.Ref, m+1), Name: personName(rnd), Role: role})
		}
		c.Teams = append(c.Teams, t)
		p.Teams = append(p.Teams, t)
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
