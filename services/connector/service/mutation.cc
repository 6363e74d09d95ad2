#include "services/connector/service/mutation.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/auth/scopes.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/connector/journal/tag.h"
#include "services/connector/service/request_checks.h"

namespace mtsuite::connector {
namespace {

using Fill = absl::AnyInvocable<void(const OperationResult&)>;

absl::StatusOr<std::shared_ptr<ServerRuntime>> Check(const ServerDirectory& servers, const rpc::Call& call,
                                                     const Mutation& mutation) {
  RETURN_IF_ERROR(call.CheckServerAllowed(mutation.server));
  if (mutation.command.has_book() && mutation.command.book().ignore_margin()) {
    RETURN_IF_ERROR(call.RequireScope(auth::kFundsOverride));
  }
  ASSIGN_OR_RETURN(std::shared_ptr<ServerRuntime> runtime, servers.Find(mutation.server));
  if (!mutation.validate_only || !mutation.operation_id.empty()) {
    RETURN_IF_ERROR(CheckOperationId(mutation.operation_id));
  }
  RETURN_IF_ERROR(CheckCommand(mutation.command));
  return runtime;
}

void DryTrade(std::shared_ptr<ServerRuntime> runtime, rpc::CallPtr call, OperationRecord record, Fill fill) {
  runtime->commands().orders().CheckTrade(
      record, /*check_margin=*/true, call->deadline(),
      [runtime, call, record, fill = std::move(fill)](const absl::Status& status) mutable {
        if (status.ok()) fill(ToDryResult(record));
        call->Finish(status);
      });
}

// Everything that Prepare checks, and what only the trading server decides otherwise: the money. Nothing is
// recorded.
void DryRun(std::shared_ptr<ServerRuntime> runtime, rpc::CallPtr call, Command command, Fill fill) {
  if (absl::Status status = runtime->commands().CheckAvailable(); !status.ok()) {
    call->Finish(status);
    return;
  }
  OperationRecord record;
  record.server = runtime->id();
  // Cannot meet an operation's id, which has no blanks.
  record.operation_id = absl::StrCat("dry run ", call->request_id());
  record.kind = KindOf(command);
  record.login = LoginOf(command);
  record.tag = MakeTag(record.server, record.operation_id);
  record.command = WithoutSecrets(command);
  runtime->commands().Prepare(
      record, command, call->deadline(),
      [runtime, call, record, command,
       fill = std::move(fill)](const absl::StatusOr<Preparation>& preparation) mutable {
        runtime->commands().Release(record);
        if (preparation.ok() && preparation->baseline.has_trade()) {
          record.baseline = preparation->baseline;
          return DryTrade(std::move(runtime), std::move(call), std::move(record), std::move(fill));
        }
        if (!preparation.ok() || !command.has_book()) {
          call->Finish(preparation.status());
          return;
        }
        runtime->commands().CheckFunds(command, call->deadline(),
                                       [runtime, call](const absl::Status& status) { call->Finish(status); });
      });
}

}  // namespace

void Mutate(const ServerDirectory& servers, rpc::CallPtr call, Mutation mutation,
            absl::AnyInvocable<void(const OperationResult&)> fill) {
  absl::StatusOr<std::shared_ptr<ServerRuntime>> runtime = Check(servers, *call, mutation);
  if (!runtime.ok()) {
    const bool says = GetOutcome(runtime.status()) != type::v1::OUTCOME_UNSPECIFIED;
    call->Finish(says ? runtime.status() : WithOutcome(runtime.status(), type::v1::REJECTED));
    return;
  }
  if (mutation.validate_only) {
    DryRun(*std::move(runtime), std::move(call), std::move(mutation.command), std::move(fill));
    return;
  }
  OperationRequest request;
  request.operation_id = std::move(mutation.operation_id);
  request.command = std::move(mutation.command);
  request.principal = call->principal().key_id;
  request.request_id = call->request_id();
  request.deadline = call->deadline();
  const std::string id = request.operation_id;
  (*runtime)->journal().Execute(std::move(request), [runtime = *runtime, call, id, fill = std::move(fill)](
                                                        const OperationReply& reply) mutable {
    call->AddInitialMetadata("operation-id", id);
    if (reply.replayed) call->AddInitialMetadata("operation-replayed", "true");
    if (reply.status.ok()) fill(reply.record.result);
    call->Finish(reply.status);
  });
}

}  // namespace mtsuite::connector
