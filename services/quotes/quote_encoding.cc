#include "services/quotes/quote_encoding.h"

#include "common/decimal/decimal.h"

namespace mtsuite::quotes {
namespace {

void AppendVarint(uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

// A field that holds bytes: a text or a message.
void AppendField(int number, std::string_view bytes, std::string& out) {
  constexpr int kLengthDelimited = 2;
  AppendVarint(static_cast<uint64_t>(number) << 3 | kLengthDelimited, out);
  AppendVarint(bytes.size(), out);
  out.append(bytes);
}

}  // namespace

std::string FormatPoints(int64_t points, int digits) {
  return Decimal::FromScaled(points, digits).ToString(digits);
}

v1::Quote ToQuote(const std::string& symbol, const Price& price) {
  v1::Quote quote;
  quote.set_symbol(symbol);
  quote.set_bid(FormatPoints(price.bid, price.digits));
  quote.set_ask(FormatPoints(price.ask, price.digits));
  if (price.last != 0) quote.set_last(FormatPoints(price.last, price.digits));
  quote.mutable_time()->set_seconds(price.time_milliseconds / 1000);
  quote.mutable_time()->set_nanos(static_cast<int32_t>(price.time_milliseconds % 1000) * 1'000'000);
  quote.set_sequence(price.sequence);
  return quote;
}

std::string EncodeQuote(const v1::Quote& quote) {
  std::string out;
  AppendField(v1::QuoteBatch::kQuotesFieldNumber, quote.SerializeAsString(), out);
  return out;
}

void AppendSkipped(const std::string& symbol, int64_t count, std::string& batch) {
  v1::SkippedQuotes skipped;
  skipped.set_symbol(symbol);
  skipped.set_count(count);
  AppendField(v1::QuoteBatch::kSkippedFieldNumber, skipped.SerializeAsString(), batch);
}

std::string QuotesMessage(const type::v1::StreamPosition& position, std::string_view batch) {
  std::string out;
  out.reserve(batch.size() + 64);
  AppendField(v1::StreamQuotesResponse::kPositionFieldNumber, position.SerializeAsString(), out);
  AppendField(v1::StreamQuotesResponse::kQuotesFieldNumber, batch, out);
  return out;
}

std::string SnapshotMessage(std::string_view batch) {
  std::string out;
  AppendField(v1::StreamQuotesResponse::kSnapshotFieldNumber, batch, out);
  return out;
}

}  // namespace mtsuite::quotes
