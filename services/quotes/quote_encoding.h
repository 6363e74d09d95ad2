// StreamQuotesResponse on the wire, put together from parts that are encoded once and used in many messages.
// Pure.
#ifndef SERVICES_QUOTES_QUOTE_ENCODING_H_
#define SERVICES_QUOTES_QUOTE_ENCODING_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "mtsuite/quotes/v1/quote.pb.h"
#include "mtsuite/type/v1/stream.pb.h"

namespace mtsuite::quotes {

// The last price of a symbol, in points.
struct Price {
  int64_t bid = 0;
  int64_t ask = 0;
  int64_t last = 0;  // 0 for none
  int64_t time_milliseconds = 0;
  int64_t sequence = 0;  // 0 before the first
  int digits = 0;
};

// A price in points as text with all its digits: "1.08430".
std::string FormatPoints(int64_t points, int digits);

v1::Quote ToQuote(const std::string& symbol, const Price& price);

// A quote as a field of a QuoteBatch.
std::string EncodeQuote(const v1::Quote& quote);
// Appends a count of skipped quotes as a field of a QuoteBatch.
void AppendSkipped(const std::string& symbol, int64_t count, std::string& batch);

// Whole messages around an encoded QuoteBatch.
std::string QuotesMessage(const type::v1::StreamPosition& position, std::string_view batch);
std::string SnapshotMessage(std::string_view batch);

}  // namespace mtsuite::quotes

#endif  // SERVICES_QUOTES_QUOTE_ENCODING_H_
