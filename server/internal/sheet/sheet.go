package sheet

import (
	"bytes"
	"strconv"

	"github.com/banso/banso/server/internal/domain"
)

// How a file was read.
const (
	UTF8        = "utf-8"
	UTF16       = "utf-16"
	Windows1258 = "windows-1258"
	XLSX        = "xlsx"
)

// Limits of a file.
type Limits struct {
	Bytes int // of the file
	Rows  int // with what stands above the table
}

// Table is a file's rows, empty ones left out.
type Table struct {
	Read string // UTF8 … XLSX
	Rows []Row
}

// Row is one line. Cells are as they stand there, not trimmed.
type Row struct {
	Line  int // from 1; a field with line breaks makes a row longer than a line
	Cells []string
}

// zip is how an XLSX file begins.
var zip = []byte("PK\x03\x04")

// Read reads a file of either kind. Errors are for the caller to see.
func Read(file []byte, lim Limits) (*Table, error) {
	if len(file) > lim.Bytes {
		mib := strconv.Itoa(lim.Bytes >> 20)
		return nil, domain.E(domain.TooLarge, "The file is larger than "+mib+" MiB.", "Tệp lớn hơn "+mib+" MiB.")
	}
	if bytes.HasPrefix(file, zip) {
		return readXLSX(file, lim)
	}
	text, enc, err := decode(file)
	if err != nil {
		return nil, err
	}
	tbl, err := readCSV(text, lim)
	if err == nil {
		tbl.Read = enc
	}
	return tbl, err
}

// tooLong is what a table with too many rows gets.
func tooLong(rows int) error {
	n := strconv.Itoa(rows)
	return domain.E(domain.TooLarge, "The file has more than "+n+" rows: split it.", "Tệp có hơn "+n+" dòng: hãy tách thành nhiều tệp.")
}
