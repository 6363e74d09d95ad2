package frame

import (
	"bytes"
	"compress/flate"
)

// compressor is a deflate writer with its output; making one costs far more than using it.
type compressor struct {
	writer *flate.Writer
	out    bytes.Buffer
}

func newCompressor() *compressor {
	c := &compressor{}
	// The level is valid, so there is no error. Prices compress to about an eighth at the fastest level already.
	c.writer, _ = flate.NewWriter(&c.out, flate.BestSpeed)
	return c
}
