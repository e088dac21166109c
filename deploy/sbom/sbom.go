// Package sbom holds what the programs are made of: a bill of materials in
// CycloneDX (banso.cdx.json) and the licences of all of it (licences.txt), Go
// modules that are linked into banso and banso-admin, npm packages that are
// bundled into the screens, the font of the papers and the data. Both files are
// made from the build itself by the tests of this package with -update, and
// compared by them without: a dependency that is missing fails.
package sbom

import _ "embed"

// BOM is the bill of materials, CycloneDX in JSON.
//
//go:embed banso.cdx.json
var BOM []byte

// Licences are the texts under which the parts may be passed on.
//
//go:embed licences.txt
var Licences []byte
