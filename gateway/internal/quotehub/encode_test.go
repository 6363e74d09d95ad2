package quotehub

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	quotesv1 "mtsuite.dev/gateway/gen/mtsuite/quotes/v1"
	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
	"mtsuite.dev/gateway/internal/frame"
)

// compact is the proto JSON of the gateway without the spaces that protojson puts in at random.
func compact(t *testing.T, message proto.Message) string {
	t.Helper()
	text, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(`": `, `":`, `, "`, `,"`, `, {`, `,{`).Replace(string(text))
}

func TestQuotesAreProtoJSON(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	names := []string{"EURUSD", "#US30", "BRK/B", `a"b\c`, "Ä€", "x<y>&z", "tab\t", ""}
	for range 500 {
		quote := &quotesv1.Quote{
			Symbol: names[random.IntN(len(names))], Bid: "1.08431", Ask: "1.08432", Sequence: random.Int64(),
		}
		if random.IntN(2) == 0 {
			quote.Last = "1.0843"
		}
		if random.IntN(5) > 0 {
			nanos := []int32{0, 51_000_000, 51_200_000, 123_456, 7}[random.IntN(5)]
			quote.Time = &timestamppb.Timestamp{Seconds: 1_795_000_000 + random.Int64N(1_000_000), Nanos: nanos}
		}
		text := appendQuote(nil, quote)
		var back quotesv1.Quote
		if err := protojson.Unmarshal(text, &back); err != nil || !proto.Equal(&back, quote) {
			t.Fatalf("seed %d: %s became %v (%v), not %v", seed, text, &back, err, quote)
		}
		if want := compact(t, quote); !strings.ContainsAny(quote.GetSymbol(), "<\t") && string(text) != want {
			t.Fatalf("seed %d: %s, want %s", seed, text, want)
		}
	}
}

func TestMessagesAreProtoJSON(t *testing.T) {
	at := frame.Position{Epoch: "e1", Sequence: 42}
	position := &typev1.StreamPosition{Epoch: "e1", Sequence: 42}
	quote := &quotesv1.Quote{Symbol: "EURUSD", Bid: "1", Ask: "2", Sequence: 9}
	one := &symbol{name: "EURUSD", json: appendQuote(nil, quote)}
	quotes, skipped := quotesFrame(at, []*symbol{one}, func(*symbol) int64 { return 3 })
	snapshot := snapshotFrames(at, []*symbol{one, {name: "none"}})
	now := time.Date(2026, 11, 22, 19, 0, 0, 250_000_000, time.UTC)
	for _, c := range []struct {
		got  *frame.Frame
		want *quotesv1.StreamQuotesResponse
	}{
		{quotes, &quotesv1.StreamQuotesResponse{Position: position, Content: &quotesv1.StreamQuotesResponse_Quotes{Quotes: &quotesv1.QuoteBatch{
			Quotes: []*quotesv1.Quote{quote}, Skipped: []*quotesv1.SkippedQuotes{{Symbol: "EURUSD", Count: 3}}}}}},
		{snapshot[0], &quotesv1.StreamQuotesResponse{Content: &quotesv1.StreamQuotesResponse_Snapshot{Snapshot: &quotesv1.QuoteBatch{
			Quotes: []*quotesv1.Quote{quote}}}}},
		{snapshot[1], &quotesv1.StreamQuotesResponse{Position: position, Content: &quotesv1.StreamQuotesResponse_SnapshotEnd{}}},
		{heartbeatFrame(at, now, now.Add(-84*time.Millisecond)), &quotesv1.StreamQuotesResponse{Position: position,
			Content: &quotesv1.StreamQuotesResponse_Heartbeat{Heartbeat: &typev1.StreamHeartbeat{
				Time: timestamppb.New(now), FeedAge: durationpb.New(84 * time.Millisecond)}}}},
		{heartbeatFrame(at, now, time.Time{}), &quotesv1.StreamQuotesResponse{Position: position,
			Content: &quotesv1.StreamQuotesResponse_Heartbeat{Heartbeat: &typev1.StreamHeartbeat{Time: timestamppb.New(now)}}}},
		{resetFrame(typev1.StreamReset_SOURCE_RESET), &quotesv1.StreamQuotesResponse{
			Content: &quotesv1.StreamQuotesResponse_Reset_{Reset_: &typev1.StreamReset{Reason: typev1.StreamReset_SOURCE_RESET}}}},
	} {
		var back quotesv1.StreamQuotesResponse
		if err := protojson.Unmarshal(c.got.JSON, &back); err != nil {
			t.Errorf("%s: %v", c.got.JSON, err)
		}
		if strings.Contains(string(c.got.JSON), "snapshotEnd") {
			continue // Its content is an empty message, which the wanted one cannot show.
		}
		if want := compact(t, c.want); string(c.got.JSON) != want {
			t.Errorf("got  %s\nwant %s", c.got.JSON, want)
		}
	}
	if skipped != 3 || len(snapshot) != 2 {
		t.Errorf("skipped %d, %d frames", skipped, len(snapshot))
	}
}
