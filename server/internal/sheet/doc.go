// Package sheet reads a table out of the files that offices have: CSV as a
// spreadsheet of any age saves it (UTF-8 with and without byte order mark,
// UTF-16, Windows-1258; comma, semicolon or tab between the fields), and XLSX
// with titles above the table and merged heads. It knows nothing of what the
// columns mean. A file that it can't be sure of is refused: a name read in a
// wrong encoding would be worse.
package sheet
