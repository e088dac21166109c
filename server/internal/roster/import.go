package roster

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// Limits of an import.
const (
	MaxImportBytes = 8 << 20 // of the file
	MaxImportRows  = 50_000  // without the header
	MaxRowsAtOnce  = 15_000  // in one transaction: its cost grows with the square of them
	maxFieldBytes  = 1000    // of one field
	tickEvery      = 64      // rows between two words about how far it is
)

// Kind of an import: what its rows are.
type Kind string

// Kinds of imports, in the order in which an empty shard needs them.
const (
	ImportUnits         Kind = "units"
	ImportEvents        Kind = "unit_events"
	ImportTeams         Kind = "teams"
	ImportMembers       Kind = "members"  // people with a role in a team
	ImportOfficers      Kind = "officers" // people with a role on a unit
	ImportRegistrations Kind = "registrations"
	ImportSupported     Kind = "support_officers" // officers in charge, whom a policy supports; no rights
	ImportRecognitions  Kind = "recognitions"     // of units, for awards
	ImportOrders        Kind = "orders"           // that call people up
	ImportCalledUp      Kind = "called_up"        // who worked under orders, by month
	ImportVillages      Kind = "villages"         // what teams cover: households, kind of village
	ImportPlaces        Kind = "places"           // the villages of communes, with a team or without
)

// ImportOptions say how a file is taken in.
type ImportOptions struct {
	DryRun  bool // report only; nothing is written
	SkipBad bool // write the good rows although others are bad
	// Tick is told how many of how many rows are done; its error ends the
	// import, and nothing of it is kept. nil: nobody watches.
	Tick func(done, of int) error
	// First and Last run in the transaction of the import, before its first and
	// after its last write. Last only if something is to be kept.
	First func(store.Tx) error
	Last  func(store.Tx, *ImportReport, *Trace) error
}

// Status of a row after an import or a dry run.
type Status string

const (
	Created   Status = "created"
	Updated   Status = "updated"
	Unchanged Status = "unchanged"
	Bad       Status = "bad"
)

// RowResult says what became of one row. Line counts from 1, the header is
// line 1 (a field with line breaks makes a row longer than a line).
type RowResult struct {
	Line   int       `json:"line"`
	Status Status    `json:"status"`
	Ref    string    `json:"ref"`             // natural key of the row
	ID     domain.ID `json:"id,omitzero"`     // team, person, unit or registration
	Field  string    `json:"field,omitzero"`  // bad: the column
	Msg    string    `json:"msg,omitzero"`    // bad: why, English
	MsgVi  string    `json:"msg_vi,omitzero"` // bad: why, Vietnamese
	Note   string    `json:"note,omitzero"`   // good, but worth a look
	NoteVi string    `json:"note_vi,omitzero"`
}

// ImportReport is the answer of an import. Applied is false for a dry run and
// for a file with bad rows that were not to be skipped: then nothing of it was
// written, whatever the rows' statuses say would have happened.
type ImportReport struct {
	Kind      Kind        `json:"kind"`
	Read      string      `json:"read"` // how the file was read: utf-8, utf-16, windows-1258, xlsx
	DryRun    bool        `json:"dry_run"`
	Applied   bool        `json:"applied"`
	Created   int         `json:"created"`
	Updated   int         `json:"updated"`
	Unchanged int         `json:"unchanged"`
	Bad       int         `json:"bad"`
	Rows      []RowResult `json:"rows"`
}

// errDiscard undoes the transaction of a dry run or of a file with bad rows.
var errDiscard = errors.New("roster: nothing of this import is to be kept")

// Import takes in a CSV or XLSX file of a kind (columns: see the table in
// columns.go). The same file twice changes nothing the second time. An error
// means that the file as a whole was refused: no right, no table, wrong header,
// too large.
func (s *Service) Import(ctx context.Context, who domain.Caller, kind Kind, file io.Reader, opt ImportOptions) (*ImportReport, error) {
	// Whoever may not import learns nothing of files, and costs nothing.
	if err := s.Store.View(ctx, func(r store.Reader) error { return MayImport(r, who, kind, domain.DateOf(s.Now())) }); err != nil {
		return nil, err
	}
	tbl, err := Read(kind, file)
	if err != nil {
		return nil, err
	}
	if opt.DryRun {
		return s.Try(ctx, who, tbl, opt.Tick)
	}
	if tbl.Len() > MaxRowsAtOnce {
		return nil, badFile(domain.TooLarge, "More than 15,000 rows go in as a job, up to 50,000: with Prefer: respond-async, or banso-admin import --job.",
			"Tệp có hơn 15.000 dòng: hãy nhập dưới dạng việc chạy nền (tối đa 50.000 dòng), trên trang quản lý hoặc bằng banso-admin import --job.")
	}
	var rep *ImportReport
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		rep = &ImportReport{Kind: kind, Read: tbl.read}
		return s.apply(tx, who, tbl, rep, opt)
	})
	if errors.Is(err, errDiscard) {
		return rep, nil
	}
	if err != nil {
		return nil, err
	}
	rep.Applied = true
	return rep, nil
}

func (s *Service) apply(tx store.Tx, who domain.Caller, tbl *Table, rep *ImportReport, opt ImportOptions) error {
	today := domain.DateOf(tx.Now())
	if err := MayImport(tx, who, tbl.kind, today); err != nil {
		return err
	}
	if opt.First != nil {
		if err := opt.First(tx); err != nil {
			return err
		}
	}
	im := s.importer(tx, who)
	if err := im.run(tbl, 0, len(tbl.rows), nil, rep, opt.Tick); err != nil {
		return err
	}
	if rep.Bad > 0 && !opt.SkipBad {
		return errDiscard
	}
	if opt.Last == nil {
		return nil
	}
	tr, err := im.trace(tbl.kind)
	if err != nil {
		return err
	}
	return opt.Last(tx, rep, tr)
}

func (s *Service) importer(tx store.Tx, who domain.Caller) *importer {
	return &importer{tx: tx, rand: s.Rand, today: domain.DateOf(tx.Now()), cause: store.Cause{By: who.Person, Op: "import"}, before: map[store.Key]int64{}}
}

// Part writes the rows of a file that was tried, from one to before another.
// skip are the lines that were bad then; one that is bad now is an error. So a
// long file is written a part in each transaction. Notes are the trial's.
func (s *Service) Part(tx store.Tx, who domain.Caller, t *Table, from, to int, skip map[int]bool, rep *ImportReport) (*Trace, error) {
	if err := MayImport(tx, who, t.kind, domain.DateOf(tx.Now())); err != nil {
		return nil, err
	}
	im := s.importer(tx, who)
	im.quiet = true
	part := &ImportReport{}
	if err := im.run(t, from, to, skip, part, nil); err != nil {
		return nil, err
	}
	for _, r := range part.Rows {
		if r.Status == Bad && !skip[r.Line] {
			return nil, badRow(r.Field, "Line "+itoa(r.Line)+" can't be taken in any more: "+r.Msg, "Dòng "+itoa(r.Line)+" không còn nhập được: "+r.MsgVi)
		}
	}
	rep.Created, rep.Updated, rep.Unchanged, rep.Bad = rep.Created+part.Created, rep.Updated+part.Updated, rep.Unchanged+part.Unchanged, rep.Bad+part.Bad
	return im.trace(t.kind)
}

// MayImport returns nil for who may take in files of a kind, and so take them
// back: units and officers are the system administrator's, the rest also
// the province's.
func MayImport(r store.Reader, who domain.Caller, kind Kind, today domain.Date) error {
	gs, err := GrantsOf(r, who.Person)
	if err != nil {
		return err
	}
	roles := administrators
	if kind == ImportUnits || kind == ImportEvents || kind == ImportOfficers {
		roles = []domain.Role{domain.RoleSystem}
	}
	if who.PushOnly || !gs.Anywhere(today, roles...) {
		return forbidden()
	}
	return nil
}

// importer applies rows inside one transaction.
type importer struct {
	tx    store.Tx
	rand  io.Reader
	today domain.Date
	cause store.Cause
	made  time.Duration // new ids so far
	note  [2]string     // of the row at work: English, Vietnamese

	wrote  []store.Key         // what is written, in order
	before map[store.Key]int64 // its revisions before; 0: new
	names  map[domain.ID]names // of who is in a team or commune, by its id
	reg    *domain.Registry    // for hints
	quiet  bool                // no hints
}

// run applies rows from one to before another, but those of the lines to skip;
// a row that is bad wrote nothing.
func (im *importer) run(tbl *Table, from, to int, skip map[int]bool, rep *ImportReport, tick func(done, of int) error) error {
	apply := columns[tbl.kind].apply
	seen := map[string]int{}
	for i, r := range tbl.rows[from:to] {
		if tick != nil && i%tickEvery == 0 {
			if err := tick(i, len(tbl.rows)); err != nil {
				return err
			}
		}
		res := RowResult{Line: r.line, Ref: r.ref}
		im.note = [2]string{}
		err := r.err
		if first, dup := seen[res.Ref]; dup && err == nil {
			err = badRow("", "The same key stands in line "+itoa(first)+" already.", "Khóa này đã có ở dòng "+itoa(first)+".")
		}
		if skip[r.line] {
			rep.add(RowResult{Line: r.line, Ref: r.ref, Status: Bad})
			continue
		}
		if err == nil {
			res.ID, res.Status, err = apply(im, r)
		}
		var bad *domain.Error
		switch {
		case errors.As(err, &bad) && (bad.Code == domain.Invalid || bad.Code == domain.NotFound):
			res = RowResult{Line: r.line, Ref: res.Ref, Status: Bad, Field: bad.Field, Msg: bad.Msg, MsgVi: bad.Vi}
		case err != nil:
			return err
		default:
			seen[res.Ref] = r.line
			res.Note, res.NoteVi = im.note[0], im.note[1]
		}
		rep.add(res)
	}
	return nil
}

func (rep *ImportReport) add(res RowResult) {
	switch res.Status {
	case Created:
		rep.Created++
	case Updated:
		rep.Updated++
	case Unchanged:
		rep.Unchanged++
	default:
		rep.Bad++
	}
	rep.Rows = append(rep.Rows, res)
}
