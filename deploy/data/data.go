// Package data embeds the published facts that the product starts from: units
// and their changes, the catalogue of activities, the glossary, a tile grid
// and the support policies. See README.md for sources, licences and doubts.
//
// Readers return rows in the order of the file. The files are part of the
// build and tested, so a reader fails only where the file itself is wrong.
package data

import (
	"embed"
	"encoding/csv"
	"fmt"
	"strconv"
)

// Files holds this folder: units/, maps/, policies/, catalogue.csv, glossary.csv.
//
//go:embed units maps policies catalogue.csv glossary.csv holidays.csv
var Files embed.FS

// Unit is a row of a list of units.
type Unit struct {
	Code, Name string
	Level      string // "province", "district", "commune"
	Parent     string // code of the parent, "" for a province
}

// Merge is a row of a list of merges: Old went into New.
type Merge struct {
	New, NewName, Old, OldName string
	Full                       bool // false: only a part of Old
}

// Tile is the square of a commune on the grid; columns and rows count from 0.
type Tile struct {
	Code, District string
	Col, Row       int
}

// Category is a kind of activity of the catalogue.
type Category struct {
	Code, Name, Group string
	Measures          string // "so_ho: số hộ đã đến [hộ]; …"
	Evidence          string // what proves it, for people to read
	Source            string
}

// Term is a row of the glossary.
type Term struct{ Vi, Identifier, Note string }

// Units reads a list of units, for example "yenbai_2023".
func Units(list string) ([]Unit, error) {
	return rows("units/"+list+".csv", 4, func(f []string) (Unit, error) {
		return Unit{Code: f[0], Name: f[1], Level: f[2], Parent: f[3]}, nil
	})
}

// Merges reads a list of merges, for example "laocai_2025_merges".
func Merges(list string) ([]Merge, error) {
	return rows("units/"+list+".csv", 5, func(f []string) (Merge, error) {
		return Merge{New: f[0], NewName: f[1], Old: f[2], OldName: f[3], Full: f[4] == "full"}, nil
	})
}

// Outlines are the provinces whose communes from OutlinesFrom on have outlines:
// maps/<name>.topojson joins the list of units of the same name on its code.
var Outlines = []string{"laocai_2025", "bacninh_2025", "dongnai_2025"}

// OutlinesFrom is the day from which the outlines hold: the reform of 2025.
const OutlinesFrom = "2025-07-01"

// OutlinesCredit stands wherever the outlines are shown; see maps/LICENCES.txt.
const OutlinesCredit = "Ranh giới: Bản đồ tham khảo sắp xếp ĐVHC (NXB Tài nguyên - Môi trường và Bản đồ Việt Nam), " +
	"qua vietnamese-provinces-database (MIT). Chỉ để minh họa."

// Tiles reads the grid of the communes of Yên Bái in 2023.
func Tiles() ([]Tile, error) {
	return rows("maps/yenbai_2023_tiles.csv", 5, func(f []string) (Tile, error) {
		col, err := strconv.Atoi(f[3])
		if err != nil {
			return Tile{}, err
		}
		row, err := strconv.Atoi(f[4])
		return Tile{Code: f[0], District: f[2], Col: col, Row: row}, err
	})
}

// Categories reads the catalogue of activities.
func Categories() ([]Category, error) {
	return rows("catalogue.csv", 6, func(f []string) (Category, error) {
		return Category{Code: f[0], Name: f[1], Group: f[2], Measures: f[3], Evidence: f[4], Source: f[5]}, nil
	})
}

// Holiday is a day that is not what its weekday says: a day off from Monday to
// Friday, or a Saturday that is worked in place of one.
type Holiday struct {
	Day           string
	Working       bool
	Name, English string
	Origin        string // S published, A assumed: a year that nobody has announced
}

// Holidays reads the public holidays and moved days.
func Holidays() ([]Holiday, error) {
	return rows("holidays.csv", 5, func(f []string) (Holiday, error) {
		if f[1] != "off" && f[1] != "work" {
			return Holiday{}, fmt.Errorf("%s is neither off nor work", f[1])
		}
		return Holiday{Day: f[0], Working: f[1] == "work", Name: f[2], English: f[3], Origin: f[4]}, nil
	})
}

// Glossary reads the terms.
func Glossary() ([]Term, error) {
	return rows("glossary.csv", 3, func(f []string) (Term, error) {
		return Term{Vi: f[0], Identifier: f[1], Note: f[2]}, nil
	})
}

// rows reads a file of n columns and leaves out its header.
func rows[T any](name string, n int, row func([]string) (T, error)) ([]T, error) {
	f, err := Files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = n
	all, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	out := make([]T, 0, len(all))
	for _, fields := range all[1:] {
		v, err := row(fields)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, v)
	}
	return out, nil
}
