package httpapi

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"reflect"
	"strings"

	"github.com/labstack/echo/v4"
)

// sendCSV answers rows as a table whose columns are the JSON names of their
// fields. It begins with a byte order mark, without which Excel takes UTF-8
// for something else; a text that a spreadsheet would compute stays a text.
func (a *API) sendCSV(c echo.Context, name string, rows any) error {
	list := reflect.ValueOf(rows)
	typ := list.Type().Elem()
	head := make([]string, typ.NumField())
	for i := range head {
		head[i], _, _ = strings.Cut(typ.Field(i).Tag.Get("json"), ",")
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	_ = w.Write(head) // into memory, as the rows
	line := make([]string, len(head))
	for i := range list.Len() {
		for j := range line {
			v := list.Index(i).Field(j)
			if line[j] = fmt.Sprint(v); v.Kind() == reflect.String {
				line[j] = inert(line[j])
			}
		}
		_ = w.Write(line)
	}
	w.Flush()
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return a.send(c, "text/csv; charset=utf-8", b.Bytes())
}

// inert is a text that no spreadsheet takes for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
