package app

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/banso/banso/deploy/sbom"
)

// licencesCommand prints what must go along with the program.
func licencesCommand(out io.Writer) *cobra.Command {
	var bom bool
	cmd := &cobra.Command{Use: "licences", Short: "print the licences of all that the program is made of", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text := sbom.Licences
			if bom {
				text = sbom.BOM
			}
			_, err := out.Write(text)
			return err
		}}
	cmd.Flags().BoolVar(&bom, "bom", false, "print the bill of materials instead, CycloneDX in JSON")
	return cmd
}
