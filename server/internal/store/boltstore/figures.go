package boltstore

import "os"

// Figures are what a store takes and has to do, now.
type Figures struct {
	FileBytes int64 // of the file
	FreeBytes int64 // of its pages that hold nothing: Compact gives them back
	Waiting   int   // updates in the queue
	Readers   int   // snapshots that are open
}

// Figures reads them without a transaction.
func (s *Store) Figures() Figures {
	st := s.db.Stats()
	f := Figures{FreeBytes: int64(st.FreePageN+st.PendingPageN) * int64(s.db.Info().PageSize), Waiting: len(s.queue), Readers: st.OpenTxN}
	if info, err := os.Stat(s.db.Path()); err == nil {
		f.FileBytes = info.Size()
	}
	return f
}
