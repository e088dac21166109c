package papers

import (
	"bytes"
	"maps"
	"slices"
	"testing"
)

// BenchmarkVolume measures time and size of the papers of a commune with 40
// teams and of a province with 173 communes and 1,356 teams.
func BenchmarkVolume(b *testing.B) {
	docs := volumes()
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		for _, ext := range slices.Sorted(maps.Keys(writers)) {
			b.Run(name+"/"+ext, func(b *testing.B) {
				var out bytes.Buffer
				for b.Loop() {
					out.Reset()
					if err := writers[ext](&out, docs[name]); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(out.Len())/1024, "KiB")
			})
		}
	}
}
