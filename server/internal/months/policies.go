package months

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Policy files are records of the server: one per id and version, so that the
// file which decided a closed month can always be found again.
const (
	TypePolicyFile                 = "policy_file"
	ScopePolicies  syncproto.Scope = "sys:policies"
)

// PolicyFile is a stored policy file.
type PolicyFile struct {
	ID   domain.ID      `json:"id"` // of the record
	Rev  int64          `json:"rev"`
	File jsontext.Value `json:"file"` // canonical
}

// Publish takes in a policy file while nothing is decided (see alone). A file that is there already changes
// nothing; other content under the same id and version is a conflict, and a
// version whose months overlap those of another must say that it replaces it.
func (s *Service) Publish(ctx context.Context, who domain.Caller, raw []byte) (PolicyFile, error) {
	p, err := policy.Parse(raw)
	if err != nil {
		return PolicyFile{}, refusedFile(err)
	}
	var out PolicyFile
	err = s.store.Update(ctx, func(tx store.Tx) error {
		out = PolicyFile{}
		if err := allowed(tx, who, tx.Now(), rights.publishes); err != nil {
			return err
		}
		if err := errors.Join(s.checkVersion(tx, p), alone(tx, p)); err != nil {
			return err
		}
		out, err = PutPolicy(tx, raw, p, store.Cause{By: who.Person, Op: "publish_policy"})
		return err
	})
	return out, err
}

// CheckPolicy says in plain language what a file would publish, and refuses it
// as Publish would. It writes nothing.
func (s *Service) CheckPolicy(ctx context.Context, who domain.Caller, raw []byte) (plain policy.Plain, err error) {
	err = s.store.View(ctx, func(r store.Reader) error {
		if err := allowed(r, who, s.now(), rights.publishes); err != nil {
			return err
		}
		p, err := policy.Parse(raw)
		if err != nil {
			return refusedFile(err)
		}
		plain = p.Plain()
		return s.checkVersion(r, p)
	})
	return plain, err
}

func (s *Service) checkVersion(r store.Reader, p *policy.Policy) error {
	all, err := s.allPolicies(r)
	if err != nil {
		return err
	}
	if err := policy.CheckVersion(all, p); err != nil {
		return refusedFile(err)
	}
	return nil
}

func refusedFile(err error) error {
	e := domain.E(domain.Invalid, "The policy file is refused: "+err.Error(), "Tệp chính sách không hợp lệ: "+err.Error())
	var bad *policy.FileError
	if errors.As(err, &bad) {
		e.Field = bad.Field
	}
	return e
}

// PutPolicy writes a parsed file and its plain-language copy for the phones,
// and marks every open month due.
func PutPolicy(tx store.Tx, raw []byte, p *policy.Policy, c store.Cause) (PolicyFile, error) {
	doc, err := syncproto.DecodeDoc(raw)
	if err != nil {
		return PolicyFile{}, err
	}
	k := policyKey(p)
	old, err := tx.Record(k)
	switch {
	case err == nil && old.H == p.Hash:
		return PolicyFile{ID: old.ID, Rev: old.Rev, File: old.Doc}, nil
	case err == nil:
		return PolicyFile{}, domain.E(domain.Conflict, "This version of the policy has other content: give the file a new version.",
			"Phiên bản chính sách này đã có nội dung khác: hãy đặt số phiên bản mới.")
	case !errors.Is(err, store.ErrNotFound):
		return PolicyFile{}, err
	}
	rec, err := tx.Put(store.Put{Key: k, Doc: doc, Scopes: []syncproto.Scope{ScopePolicies}, Cause: c})
	if err != nil {
		return PolicyFile{}, err
	}
	plain, err := syncproto.DocOf(p.Plain())
	if err != nil {
		return PolicyFile{}, err
	}
	if _, err = tx.Put(store.Put{
		Key: store.Key{Type: syncproto.TypePolicy, ID: syncproto.DerivedID(syncproto.TypePolicy, "", p.ID)},
		Doc: plain, Scopes: []syncproto.Scope{syncproto.ScopeRef}, Cause: c,
	}); err != nil {
		return PolicyFile{}, err
	}
	return PolicyFile{ID: rec.ID, Rev: rec.Rev, File: rec.Doc}, markSpread(tx, domain.MonthOf(tx.Now()).Add(-2), domain.MonthOf(tx.Now()))
}

// policyKey is of a policy and version: each has one file.
func policyKey(p *policy.Policy) store.Key {
	return store.Key{Type: TypePolicyFile, ID: syncproto.DerivedID(TypePolicyFile, "", p.ID+"@"+p.Version)}
}

// Policies lists all stored files, oldest first, for anybody who holds a role.
func (s *Service) Policies(ctx context.Context, who domain.Caller) ([]PolicyFile, error) {
	out := []PolicyFile{}
	err := s.store.View(ctx, func(r store.Reader) error {
		out = out[:0]
		if err := allowed(r, who, s.now(), rights.serves); err != nil {
			return err
		}
		return r.Members(ScopePolicies, TypePolicyFile, func(rec *store.Record) bool {
			out = append(out, PolicyFile{ID: rec.ID, Rev: rec.Rev, File: slices.Clone(rec.Doc)})
			return true
		})
	})
	return out, err
}

// errNoPolicy: a team-month can't be judged without one.
var errNoPolicy = domain.E(domain.Unprocessable, "No support policy is published for teams.",
	"Chưa công bố chính sách hỗ trợ nào cho các tổ.")

// policiesFor chooses the policies that judge a team's month: main explains it
// whatever comes of it, others pay besides. See policy.Select.
func (s *Service) policiesFor(r store.Reader, t domain.Team, month domain.Month) (main *policy.Policy, others []*policy.Policy, err error) {
	all, err := s.allPolicies(r)
	if err != nil {
		return nil, nil, err
	}
	q := policy.Query{Month: month, Level: t.Level}
	if manyProvinces(all) {
		if q.Provinces, err = provincesOf(r, t, month); err != nil {
			return nil, nil, err
		}
	}
	if main, others = policy.Select(all, q); main == nil {
		return nil, nil, errNoPolicy
	}
	return main, others, nil
}

// policyFor is the main one of policiesFor.
func (s *Service) policyFor(r store.Reader, t domain.Team, month domain.Month) (*policy.Policy, error) {
	p, _, err := s.policiesFor(r, t, month)
	return p, err
}

// policySet is all stored files as one state of their scope has them. Its sum
// says which files those are, in any snapshot or transaction.
type policySet struct {
	at   store.Scope
	list []*policy.Policy
}

// allPolicies returns every version of every policy, in any order. They are
// read again when the state of their scope is another.
func (s *Service) allPolicies(r store.Reader) ([]*policy.Policy, error) {
	at, err := r.Scope(ScopePolicies)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	set := s.files
	s.mu.Unlock()
	if set.at == at {
		return set.list, nil
	}
	set = policySet{at: at}
	var bad error
	err = r.Members(ScopePolicies, TypePolicyFile, func(rec *store.Record) bool {
		var p *policy.Policy
		if p, bad = s.compiled(rec); bad == nil {
			set.list = append(set.list, p)
		}
		return bad == nil
	})
	if err = errors.Join(err, bad); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.files = set
	s.mu.Unlock()
	return set.list, nil
}

// newestMonth is after every policy's months.
const newestMonth domain.Month = "9999-12"

// newest returns the newest version of a policy.
func (s *Service) newest(r store.Reader, id string) (*policy.Policy, error) {
	all, err := s.allPolicies(r)
	if err != nil {
		return nil, err
	}
	if p := policy.Current(all, id, newestMonth); p != nil {
		return p, nil
	}
	return nil, refuse("policy", "There is no such policy.", "Không có chính sách này.")
}

// compiled returns the policy of a record, from the cache if it is there.
func (s *Service) compiled(rec *store.Record) (*policy.Policy, error) {
	s.mu.Lock()
	p := s.policies[rec.H]
	s.mu.Unlock()
	if p != nil {
		return p, nil
	}
	p, err := policy.Parse(rec.Doc)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.policies[rec.H] = p
	s.mu.Unlock()
	return p, nil
}

// policyByHash returns the stored file with a hash: the one that decided a close.
func (s *Service) policyByHash(r store.Reader, hash string) (*policy.Policy, error) {
	all, err := s.allPolicies(r)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(p *policy.Policy) bool { return p.Hash.String() == hash })
	if i < 0 {
		return nil, domain.E(domain.NotFound, "The policy file of a closed month is missing.", "Thiếu tệp chính sách của một tháng đã chốt.")
	}
	return all[i], nil
}
