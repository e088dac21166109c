package policy

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
)

// Change is what to try out on a policy that is there.
type Change struct {
	Base    string       `json:"base"` // id of the policy
	Rate    domain.Money `json:"rate_vnd,omitzero"`
	Preset  string       `json:"preset,omitzero"`
	Without []string     `json:"without,omitzero"` // ids of rules to leave out
	Rules   []Rule       `json:"rules,omitzero"`   // each takes the place of the one with its id, or comes last
}

// Apply returns the changed policy: a draft, checked as any file is. Lines of
// its errors are those of the file that it would be.
func (c Change) Apply(base *Policy) (*Policy, error) {
	f := base.File
	f.Status, f.Version, f.Replaces, f.Windows = Draft, base.Version+"-what-if", base.Version, nil
	if c.Rate != 0 {
		f.Rate = c.Rate
	}
	if c.Preset != "" {
		f.Preset = c.Preset
	}
	f.Rules = slices.Clone(base.Rules)
	for i, id := range c.Without {
		n := len(f.Rules)
		if f.Rules = slices.DeleteFunc(f.Rules, func(r Rule) bool { return r.ID == id }); len(f.Rules) == n {
			return nil, &FileError{Field: fmt.Sprintf("/change/without/%d", i), Reason: "there is no rule " + id}
		}
	}
	for _, r := range c.Rules {
		if i := slices.IndexFunc(f.Rules, func(o Rule) bool { return o.ID == r.ID }); i >= 0 {
			f.Rules[i] = r
		} else {
			f.Rules = append(f.Rules, r)
		}
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	return Parse(raw)
}

// Trial returns the policy as if it were in force, to try it out. Nothing that
// it decides is ever kept.
func (p *Policy) Trial() *Policy {
	t := *p
	t.Status = InForce
	return &t
}
