// Runs commands against an engine without a session.
#ifndef SERVICES_MTSIM_MT5_COMMAND_FIXTURE_H_
#define SERVICES_MTSIM_MT5_COMMAND_FIXTURE_H_

#include <string>
#include <string_view>

#include "common/mt5wire/json.h"
#include "common/mt5wire/text.h"
#include "services/mtsim/engine/engine_fixture.h"
#include "services/mtsim/mt5/dispatch.h"

namespace mtsuite::mtsim {

// The default world, seen by a manager with all rights.
class CommandTest : public EngineTest {
 protected:
  CommandTest() {
    manager_.login = 1000;
    manager_.rights = kAllManagerRights;
  }

  // Carries out "NAME|PARAMETER=VALUE|" with a body.
  Reply Run(std::string_view line, std::string_view body = "") {
    const std::string utf16 = *mt5wire::Utf8ToUtf16(std::string(line) + "\r\n" + std::string(body));
    const auto command = mt5wire::ParseCommand(utf16);
    if (!command.ok()) {
      ADD_FAILURE() << command.status();
      return Retcode::kError;
    }
    Request request;
    request.body = command->BodyText();
    request.line = command->line;
    CommandContext context{*engine_, bulletin_, manager_, identity_, desk_, session_, now_};
    Reply reply = Dispatch(context, request);
    restart_requested_ = context.restart_requested;
    delayed_ = context.delayed_trades;
    return reply;
  }

  // The scalar at a member of the body, or of an element of it when it is an array. "(none)" when it is
  // missing.
  static std::string Member(const Reply& reply, std::string_view name, size_t element = 0) {
    const auto document = mt5wire::JsonDocument::Parse(reply.body);
    if (!document.ok()) return std::string(document.status().message());
    mt5wire::JsonView value = document->root();
    if (value.IsArray()) {
      auto it = value.begin();
      for (size_t i = 0; i < element && it != value.end(); ++i) ++it;
      if (it == value.end()) return "(none)";
      value = *it;
    }
    return std::string(value.Get(name).Text().value_or("(none)"));
  }
  static size_t Size(const Reply& reply) {
    const auto document = mt5wire::JsonDocument::Parse(reply.body);
    return document.ok() && document->root().IsArray() ? document->root().size() : SIZE_MAX;
  }
  static std::string Parameter(const Reply& reply, std::string_view name) {
    for (const auto& [key, value] : reply.parameters) {
      if (key == name) return value;
    }
    return "(none)";
  }

  Manager manager_;
  Bulletin bulletin_;
  ServerIdentity identity_;
  // Consulted about every trade request.
  TradeDisturbance disturbance_;
  DealerDesk desk_{*engine_, [this](const TradeRequest&) { return disturbance_; }};
  uint64_t session_ = 1;
  absl::Time now_ = TestStart();
  std::vector<DelayedTrade> delayed_;
  bool restart_requested_ = false;
};

}  // namespace mtsuite::mtsim

#endif  // SERVICES_MTSIM_MT5_COMMAND_FIXTURE_H_
