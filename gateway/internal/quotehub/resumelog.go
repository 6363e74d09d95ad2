package quotehub

// resumeLog remembers the last changes, for clients that resume.
type resumeLog struct {
	// Most changes to remember.
	limit   int
	batches []loggedBatch
	length  int
	// Sequence after which everything is there.
	start int64
}

// loggedBatch is what one flush told.
type loggedBatch struct {
	sequence int64
	changes  []loggedChange
}

// loggedChange is the tick of a symbol that clients had before a batch.
type loggedChange struct {
	symbol *symbol
	before int64
}

func (l *resumeLog) clear(start int64) {
	l.batches, l.length, l.start = nil, 0, start
}

// add remembers a flush, before it is noted in the symbols.
func (l *resumeLog) add(sequence int64, changed []*symbol) {
	batch := loggedBatch{sequence, make([]loggedChange, len(changed))}
	for i, s := range changed {
		batch.changes[i] = loggedChange{s, s.flushed}
	}
	l.batches = append(l.batches, batch)
	l.length += len(changed)
	for l.length > l.limit {
		l.start = l.batches[0].sequence
		l.length -= len(l.batches[0].changes)
		l.batches[0] = loggedBatch{}
		l.batches = l.batches[1:]
	}
}

// since calls `visit` with the tick of each symbol that a client at `sequence` had, of those that changed later. It may
// call twice for a symbol; the last call counts.
func (l *resumeLog) since(sequence int64, visit func(s *symbol, before int64)) {
	for i := len(l.batches) - 1; i >= 0 && l.batches[i].sequence > sequence; i-- {
		for _, change := range l.batches[i].changes {
			visit(change.symbol, change.before)
		}
	}
}
