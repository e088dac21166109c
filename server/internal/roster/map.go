package roster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
)

// Map is a picture of the communes of a day, to be coloured: never to measure
// on. Either tiles or outlines; both join on the code that a commune has that
// day. A commune that it lacks is shown beside it.
type Map struct {
	Kind     string         `json:"kind"` // "tiles", "outlines" or "none"
	Credit   string         `json:"credit,omitzero"`
	Tiles    []MapTile      `json:"tiles,omitzero"`
	Outlines jsontext.Value `json:"outlines,omitzero"` // TopoJSON with one object "communes"
}

// MapTile is the square of a commune; columns and rows count from 0.
type MapTile struct {
	Code string `json:"code"`
	Col  int    `json:"col"`
	Row  int    `json:"row"`
}

// maxMap bounds a province's own file, in bytes.
const maxMap = 4 << 20

// Map returns the picture of a day, to anybody with a grant: the province's
// own file from the day of the reform, else what is published.
func (s *Service) Map(ctx context.Context, who domain.Caller, on domain.Date) (Map, error) {
	units, err := s.Units(ctx, who, UnitFilter{On: on, Level: domain.UnitCommune})
	if err != nil {
		return Map{}, err
	}
	codes := map[string]bool{}
	for _, u := range units {
		codes[u.Code] = true
	}
	if s.MapFile != "" && on >= data.OutlinesFrom {
		own, err := ownMap(s.MapFile)
		if !errors.Is(err, fs.ErrNotExist) {
			return own, err
		}
	}
	return publishedMap(codes, on)
}

// ownMap reads the province's file.
func ownMap(path string) (Map, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Map{}, err
	}
	var head struct {
		Type    string         `json:"type"`
		Credit  string         `json:"credit"`
		Objects map[string]any `json:"objects"`
	}
	if err := json.Unmarshal(b, &head); err != nil || len(b) > maxMap || head.Type != "Topology" || head.Objects["communes"] == nil {
		return Map{}, domain.E(domain.Unprocessable, "The province's map file is not TopoJSON with an object \"communes\", or is larger than 4 MB.",
			"Tệp bản đồ của tỉnh không phải TopoJSON có đối tượng \"communes\", hoặc lớn hơn 4 MB.")
	}
	return Map{Kind: "outlines", Credit: head.Credit, Outlines: b}, nil
}

// publishedMap takes the picture that knows most of the codes.
func publishedMap(codes map[string]bool, on domain.Date) (Map, error) {
	m := Map{Kind: "none"}
	if on < data.OutlinesFrom {
		tiles, err := data.Tiles()
		if err != nil {
			return m, err
		}
		for _, t := range tiles {
			if codes[t.Code] {
				m.Kind = "tiles"
				m.Tiles = append(m.Tiles, MapTile{Code: t.Code, Col: t.Col, Row: t.Row})
			}
		}
		return m, nil
	}
	best := 0
	for _, name := range data.Outlines {
		units, err := data.Units(name)
		if err != nil {
			return m, err
		}
		n := 0
		for _, u := range units {
			if u.Level == "commune" && codes[u.Code] {
				n++
			}
		}
		if n <= best {
			continue
		}
		raw, err := data.Files.ReadFile("maps/" + name + ".topojson")
		if err != nil {
			return m, fmt.Errorf("map of %s: %w", name, err)
		}
		best, m = n, Map{Kind: "outlines", Credit: data.OutlinesCredit, Outlines: raw}
	}
	return m, nil
}
