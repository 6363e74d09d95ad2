package gateway

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	accountsv1 "mtsuite.dev/gateway/gen/mtsuite/accounts/v1"
)

func benchAccount() *accountsv1.Account {
	enabled := true
	return &accountsv1.Account{
		Login: 10001, Group: `demo\retail-usd`, Leverage: 100, Name: "Ada Lovelace", CurrencyCode: "USD",
		Balance: "1000.00", Credit: "0.00", Contact: &accountsv1.Contact{Email: "ada@example.com", Country: "United Kingdom"},
		Rights: &accountsv1.Rights{Enabled: &enabled},
	}
}

// BenchmarkGetAccount is one read at a time over loopback HTTP and gRPC, next to the gRPC call alone.
func BenchmarkGetAccount(b *testing.B) {
	backend := startBackend(b)
	account := benchAccount()
	backend.answerWith(func(context.Context, any) (any, error) { return account, nil })
	g, err := New(testConfig(backend.address), discardLogger())
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()

	b.Run("HTTP", func(b *testing.B) {
		server := httptest.NewServer(g.Handler())
		defer server.Close()
		b.ReportAllocs()
		for b.Loop() {
			benchRequest(b, server.Client(), "GET", server.URL+accountPath, "")
		}
	})
	b.Run("HTTPParallel", func(b *testing.B) {
		server := httptest.NewServer(g.Handler())
		defer server.Close()
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
		b.SetParallelism(16)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				benchRequest(b, client, "GET", server.URL+accountPath, "")
			}
		})
	})
	b.Run("HandlerOnly", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			request := httptest.NewRequest("GET", accountPath, nil)
			request.Header.Set("Authorization", "Bearer "+testKey)
			recorder := httptest.NewRecorder()
			g.Handler().ServeHTTP(recorder, request)
			if recorder.Code != http.StatusOK {
				b.Fatal(recorder.Body)
			}
		}
	})
	b.Run("GRPC", func(b *testing.B) {
		connection, err := grpc.NewClient(backend.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			b.Fatal(err)
		}
		defer connection.Close()
		client := accountsv1.NewAccountServiceClient(connection)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := client.GetAccount(context.Background(), &accountsv1.GetAccountRequest{Server: "s", Login: 1}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDeposit is one mutation at a time.
func BenchmarkDeposit(b *testing.B) {
	backend := startBackend(b)
	g, err := New(testConfig(backend.address), discardLogger())
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	server := httptest.NewServer(g.Handler())
	defer server.Close()
	b.ReportAllocs()
	for b.Loop() {
		benchRequest(b, server.Client(), "POST", server.URL+depositPath, deposit)
	}
}

func benchRequest(b *testing.B, client *http.Client, method, url, body string) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+testKey)
	answer, err := client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		b.Fatal(answer.Status)
	}
}
