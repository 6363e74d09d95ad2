package fakemarket

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// admit checks what the real service does: key, server, symbols.
func (m *Market) admit(ctx context.Context, server string, symbols []string) error {
	if err := m.checkKey(ctx); err != nil {
		return err
	}
	if server != Server {
		return Failure(codes.NotFound, "SERVER_NOT_FOUND", "There is no trading server "+server+".")
	}
	for _, name := range symbols {
		if _, ok := m.points[name]; !ok {
			return Failure(codes.NotFound, "SYMBOL_NOT_FOUND", "There is no symbol "+name+".", "symbol", name)
		}
	}
	return nil
}

func (m *Market) checkKey(ctx context.Context) error {
	md, _ := metadata.FromIncomingContext(ctx)
	key := strings.TrimPrefix(strings.Join(md.Get("authorization"), ""), "Bearer ")
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.revoked[key] || len(m.options.Keys) > 0 && !slices.Contains(m.options.Keys, key) {
		return Failure(codes.Unauthenticated, "API_KEY_INVALID", "The API key is unknown, revoked or expired.")
	}
	return nil
}

// Failure makes an error of the suite; the rest are keys and values of its metadata.
func Failure(code codes.Code, reason, message string, pairs ...string) error {
	info := &errdetails.ErrorInfo{Reason: reason, Domain: "mtsuite.dev", Metadata: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		info.Metadata[pairs[i]] = pairs[i+1]
	}
	st, err := status.New(code, message).WithDetails(info)
	if err != nil {
		panic(err)
	}
	return st.Err()
}
