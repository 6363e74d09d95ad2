package gateway

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mtsuite.dev/gateway/internal/fakemarket"
)

const (
	benchClients = 1000
	benchSymbols = 100
	benchTime    = 8 * time.Second
	benchWarmUp  = 2 * time.Second
)

// BenchmarkQuoteStream offers 100 symbols with 10,000 ticks a second to 1,000 WebSocket clients in a process of their own.
// It reports the quotes that they got a second, the age of the oldest quote of each message when it arrived, and what the
// gateway's process (with the fake market) spent for each quote delivered. "bare" is the baseline: a server that knows nothing
// but sockets writes a message of the same size to each client at the same pace, made once for all.
//
//	go test ./internal/gateway -run none -bench QuoteStream -benchtime 1x
func BenchmarkQuoteStream(b *testing.B) {
	for _, compress := range []bool{false, true} {
		b.Run(fmt.Sprintf("compress=%v", compress), func(b *testing.B) {
			for b.Loop() {
				benchQuoteStream(b, compress)
			}
		})
	}
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			bare := newBareServer(b)
			measureClients(b, bare.listener.Addr().String(), false, bare.tell)
		}
	})
}

// benchResult is what the clients' process found.
type benchResult struct {
	Quotes, Messages int64
	Bytes, Lost      int64
	P50, P99, Max    time.Duration
	Seconds          float64
}

func benchQuoteStream(b *testing.B, compress bool) {
	var symbols []string
	for i := range benchSymbols {
		symbols = append(symbols, fmt.Sprintf("SYM%03d", i))
	}
	f := newStreamFixture(b, fakemarket.Options{Symbols: symbols, History: 100_000, Heartbeat: 5 * time.Second},
		func(c *Config) { c.Streams.BatchInterval = defaultConfig().Streams.BatchInterval })
	// 100 ticks each 10 ms.
	measureClients(b, f.server.Listener.Addr().String(), compress, func(stop <-chan struct{}) {
		every(10*time.Millisecond, stop, func() { f.market.Tick(symbols...) })
	})
}

// every calls again and again by the clock, so that a late call does not make later ones late, until stop is closed.
func every(interval time.Duration, stop <-chan struct{}, call func()) {
	start := time.Now()
	for n := 1; ; n++ {
		select {
		case <-stop:
			return
		case <-time.After(time.Until(start.Add(time.Duration(n) * interval))):
			call()
		}
	}
}

// measureClients runs the clients against a server, which is fed until they are done, and reports what they found.
func measureClients(b *testing.B, address string, compress bool, feed func(stop <-chan struct{})) {
	clients := exec.Command(os.Args[0], "-test.run", "^TestBenchClients$")
	clients.Env = append(os.Environ(), "BENCH_CLIENTS="+address, "BENCH_COMPRESS="+strconv.FormatBool(compress))
	clients.Stderr = os.Stderr
	output, err := clients.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := clients.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	lines.Scan() // "connected"
	stop := make(chan struct{})
	var feeding sync.WaitGroup
	feeding.Go(func() { feed(stop) })
	lines.Scan() // "measuring"
	before := processorTime()
	lines.Scan()
	used := processorTime() - before
	close(stop)
	feeding.Wait()
	var result benchResult
	if err := json.Unmarshal(lines.Bytes(), &result); err != nil {
		b.Fatalf("%q: %v", lines.Text(), err)
	}
	_ = clients.Wait() // It has said all that it had to.
	if result.Lost > 0 {
		b.Errorf("%d clients lost their connection", result.Lost)
	}
	report(b, result, used)
}

func report(b *testing.B, result benchResult, used time.Duration) {
	b.ReportMetric(float64(result.Quotes)/result.Seconds, "quotes/s")
	b.ReportMetric(float64(result.Messages)/result.Seconds, "messages/s")
	b.ReportMetric(float64(result.Bytes)/float64(result.Messages), "bytes/message")
	if result.Max > 0 { // Compressed messages are not taken apart.
		b.ReportMetric(float64(result.P50.Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(result.P99.Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(result.Max.Microseconds())/1000, "max-ms")
	}
	b.ReportMetric(float64(used.Nanoseconds())/float64(result.Quotes), "cpu-ns/quote")
	b.ReportMetric(used.Seconds()/result.Seconds, "cores")
	b.ReportMetric(0, "ns/op")
}

// bareServer writes the same bytes to all of its clients, each by a goroutine of its own. Who is busy misses a message.
type bareServer struct {
	listener net.Listener
	mu       sync.Mutex
	clients  []chan []byte
}

func newBareServer(b *testing.B) *bareServer {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &bareServer{listener: listener}
	b.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			frames := make(chan []byte, 1)
			s.mu.Lock()
			s.clients = append(s.clients, frames)
			s.mu.Unlock()
			go serveBare(conn, frames)
		}
	}()
	return s
}

// serveBare takes the request for whatever it is and ends with the first write that fails.
func serveBare(conn net.Conn, frames <-chan []byte) {
	defer conn.Close()
	for reader := bufio.NewReader(conn); ; {
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		if line == "\r\n" {
			break
		}
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\n\r\n"); err != nil {
		return
	}
	for frame := range frames {
		if _, err := conn.Write(frame); err != nil {
			return
		}
	}
}

func (s *bareServer) tell(stop <-chan struct{}) {
	every(defaultConfig().Streams.BatchInterval, stop, func() {
		frame := bareFrame(time.Now())
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, client := range s.clients {
			select {
			case client <- frame:
			default:
			}
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, client := range s.clients {
		close(client)
	}
}

// bareFrame is a text frame with benchSymbols quotes, about as long as the gateway's.
func bareFrame(now time.Time) []byte {
	payload := []byte(`{"quotes":{"quotes":[`)
	for i := range benchSymbols {
		if i > 0 {
			payload = append(payload, ',')
		}
		payload = fmt.Appendf(payload, `{"symbol":"SYM%03d","bid":"1.08432","ask":"1.08442","last":"1.08437","time":%q,"sequence":"1234567890123456"}`,
			i, now.UTC().Format(time.RFC3339Nano))
	}
	payload = append(payload, ` ],"skipped":[]}}`...)
	return append([]byte{0x81, 126, byte(len(payload) >> 8), byte(len(payload))}, payload...)
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// TestBenchClients is the clients' process of BenchmarkQuoteStream. They do as little as they can: the processors are shared.
func TestBenchClients(t *testing.T) {
	address := os.Getenv("BENCH_CLIENTS")
	if address == "" {
		t.Skip("only for BenchmarkQuoteStream")
	}
	compress := os.Getenv("BENCH_COMPRESS") == "true"
	var quotes, messages, total atomic.Int64
	var measuring atomic.Bool
	var lost atomic.Int64
	ages := make([][]time.Duration, benchClients)
	conns, readers := make([]net.Conn, benchClients), make([]*bufio.Reader, benchClients)
	var dialing sync.WaitGroup
	for first := range 20 {
		dialing.Go(func() {
			for i := first; i < benchClients; i += 20 {
				conns[i], readers[i] = benchDial(address, compress)
			}
		})
	}
	dialing.Wait()
	for i, reader := range readers {
		defer conns[i].Close()
		go func() {
			for {
				payload, err := readBenchFrame(reader)
				if err != nil {
					lost.Add(1)
					return
				}
				if !measuring.Load() {
					continue
				}
				total.Add(int64(len(payload)))
				messages.Add(1)
				if compress {
					quotes.Add(benchSymbols) // All have changed in a batch; taking it apart would cost too much here.
					continue
				}
				quotes.Add(int64(bytes.Count(payload, []byte(`"bid"`))))
				if age, ok := ageOf(payload); ok {
					ages[i] = append(ages[i], age)
				}
			}
		}()
	}
	fmt.Println("connected")
	<-time.After(benchWarmUp)
	fmt.Println("measuring")
	start := time.Now()
	measuring.Store(true)
	<-time.After(benchTime)
	measuring.Store(false)
	result := benchResult{Quotes: quotes.Load(), Messages: messages.Load(), Bytes: total.Load(), Lost: lost.Load(), Seconds: time.Since(start).Seconds()}
	<-time.After(100 * time.Millisecond) // Whoever was adding an age has done so.
	all := slices.Sorted(slices.Values(slices.Concat(ages...)))
	if len(all) > 0 {
		result.P50, result.P99, result.Max = all[len(all)/2], all[len(all)*99/100], all[len(all)-1]
	}
	text, _ := json.Marshal(result)
	fmt.Println(string(text))
	os.Exit(0)
}

func benchDial(address string, compress bool) (net.Conn, *bufio.Reader) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		panic(err)
	}
	// Clients that fall behind must not hide it in their own kernel's memory.
	if err := conn.(*net.TCPConn).SetReadBuffer(128 << 10); err != nil {
		panic(err)
	}
	extension := ""
	if compress {
		extension = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n%s"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", quotesPath, withKey, extension)
	reader := bufio.NewReaderSize(conn, 16<<10)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			panic(err)
		}
		if line == "\r\n" {
			return conn, reader
		}
	}
}

// readBenchFrame reads one unmasked frame.
func readBenchFrame(reader *bufio.Reader) ([]byte, error) {
	var head [10]byte
	if _, err := io.ReadFull(reader, head[:2]); err != nil {
		return nil, err
	}
	length := int(head[1])
	switch length {
	case 126:
		if _, err := io.ReadFull(reader, head[:2]); err != nil {
			return nil, err
		}
		length = int(head[0])<<8 | int(head[1])
	case 127:
		return nil, errors.New("a message of more than 64 KiB")
	}
	payload := make([]byte, length)
	_, err := io.ReadFull(reader, payload)
	return payload, err
}

// ageOf is how long ago the first quote of a message was made; the market's times have milliseconds.
func ageOf(payload []byte) (time.Duration, bool) {
	if !bytes.Contains(payload[:min(len(payload), 100)], []byte(`"quotes":{`)) {
		return 0, false
	}
	_, rest, found := bytes.Cut(payload, []byte(`"time":"`))
	text, _, ended := bytes.Cut(rest, []byte(`"`))
	at, err := time.Parse(time.RFC3339Nano, string(text))
	return time.Since(at), found && ended && err == nil
}
