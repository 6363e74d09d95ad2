#include "common/rpc/access_log.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/strings/view.h"
#include "grpcpp/support/status.h"
#include "mtsuite/type/v1/errors.pb.h"

namespace mtsuite::rpc {
namespace {

log::Level LevelOf(const CallRecord& record, const grpc::Status& sent) {
  switch (sent.error_code()) {
    case grpc::StatusCode::OK:
      return record.is_read ? log::Level::kDebug : log::Level::kInfo;
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DATA_LOSS:
      return log::Level::kError;
    default:
      return log::Level::kInfo;
  }
}

// The trace id within a traceparent; empty when there is none.
std::string_view TraceId(std::string_view traceparent) {
  return traceparent.empty() ? traceparent : traceparent.substr(3, 32);
}

}  // namespace

bool LogsSuccess(bool is_read) { return log::Enabled(is_read ? log::Level::kDebug : log::Level::kInfo); }

void LogCall(const CallRecord& record, const absl::Status& cause, const grpc::Status& sent) {
  const log::Level level = LevelOf(record, sent);
  if (!log::Enabled(level)) return;
  if (cause.ok()) {
    log::Write(level, "rpc",
               {{"method", record.method},
                {"code", "OK"},
                {"duration_us", record.duration_micros},
                {"request_id", record.request_id},
                {"trace_id", TraceId(record.traceparent)},
                {"key_id", record.key_id}});
    return;
  }
  const std::optional<ErrorReason> reason = GetErrorReason(cause);
  log::Write(level, "rpc",
             {{"method", record.method},
              {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(sent.error_code()))},
              {"reason", type::v1::ErrorReason_Name(reason.value_or(type::v1::INTERNAL))},
              {"error", StdView(cause.message())},
              {"duration_us", record.duration_micros},
              {"request_id", record.request_id},
              {"trace_id", TraceId(record.traceparent)},
              {"key_id", record.key_id},
              {"peer", record.peer}});
}

}  // namespace mtsuite::rpc
