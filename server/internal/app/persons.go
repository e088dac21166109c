package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/persons"
)

// holidaysName is the province's own file of days that it moves, or that were
// announced after this program was built: lines of day and "off" or "work".
const holidaysName = "holidays.csv"

// calendar reads the days that are not what their weekday says.
func calendar(dir string) (*domain.Calendar, error) {
	c := &domain.Calendar{}
	days, err := data.Holidays()
	if err != nil {
		return nil, err
	}
	for _, d := range days {
		c.Except(domain.Date(d.Day), d.Working)
	}
	path := filepath.Join(dir, holidaysName)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.Comment = -1, '#'
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i, row := range rows {
		if i == 0 && row[0] == "day" {
			continue
		}
		day, err := domain.ParseDate(row[0])
		if err != nil || len(row) < 2 || row[1] != "off" && row[1] != "work" {
			return nil, fmt.Errorf("%s: %q is no day with off or work", path, row)
		}
		c.Except(day, row[1] == "work")
	}
	return c, nil
}

// openPersons wires what answers people about their own data, and takes the
// names away again that an older backup brought back.
func (a *App) openPersons(ctx context.Context) error {
	days, err := calendar(a.cfg.Data)
	if err != nil {
		return err
	}
	a.persons = &persons.Service{Store: a.store, Now: a.cfg.Now, Dir: a.cfg.Data, Calendar: days, Accounts: a.auth}
	n, err := a.persons.Again(ctx)
	if n > 0 {
		a.cfg.Log.Warn("deidentified_again", "people", n)
	}
	return err
}
