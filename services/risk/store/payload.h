// Messages in columns; for the store's own files.
#ifndef SERVICES_RISK_STORE_PAYLOAD_H_
#define SERVICES_RISK_STORE_PAYLOAD_H_

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/status/macros.h"
#include "common/storage/database.h"

namespace mtsuite::risk {

template <typename Message>
absl::StatusOr<Message> ParsePayload(std::string_view bytes) {
  Message message;
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return message;
  return absl::DataLossError("the risk database holds a damaged row");
}

// All rows of a query whose first column is a serialized Message.
template <typename Message>
absl::StatusOr<std::vector<Message>> ReadPayloads(storage::Transaction& transaction,
                                                  const storage::Statement& statement,
                                                  absl::Span<const storage::Param> params) {
  std::vector<Message> messages;
  RETURN_IF_ERROR(transaction.Query(statement, params, [&messages](const storage::Row& row) -> absl::Status {
    ASSIGN_OR_RETURN(Message message, ParsePayload<Message>(row.Bytes(0)));
    messages.push_back(std::move(message));
    return absl::OkStatus();
  }));
  return messages;
}

// The only row, if there is one.
template <typename Message>
absl::StatusOr<std::optional<Message>> ReadPayload(storage::Transaction& transaction,
                                                   const storage::Statement& statement,
                                                   absl::Span<const storage::Param> params) {
  ASSIGN_OR_RETURN(std::vector<Message> messages, ReadPayloads<Message>(transaction, statement, params));
  if (messages.empty()) return std::optional<Message>();
  return std::optional<Message>(std::move(messages.front()));
}

}  // namespace mtsuite::risk

#endif  // SERVICES_RISK_STORE_PAYLOAD_H_
