package papers

import (
	"errors"
	"io"
)

// ErrTotal is wrapped by the error of a paper whose figures don't add up.
var ErrTotal = errors.New("figures of the paper don't add up")

// Doc is one of the papers of this package.
type Doc interface{ sheet() (sheet, error) }

// PDF writes a paper ready to print.
func PDF(w io.Writer, d Doc) error {
	s, err := layOut(d)
	if err != nil {
		return err
	}
	return writePDF(w, s)
}

// XLSX writes a paper as a workbook with typed cells.
func XLSX(w io.Writer, d Doc) error {
	s, err := layOut(d)
	if err != nil {
		return err
	}
	return writeXLSX(w, s)
}

// CSV writes the tables of a paper, UTF-8 with a byte order mark.
func CSV(w io.Writer, d Doc) error {
	s, err := layOut(d)
	if err != nil {
		return err
	}
	return writeCSV(w, s)
}
