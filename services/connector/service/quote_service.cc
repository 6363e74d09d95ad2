#include "services/connector/service/quote_service.h"

#include <memory>
#include <utility>

#include "common/status/macros.h"
#include "services/connector/service/request_errors.h"

namespace mtsuite::connector {

using quotes::v1::Symbol;
using RuntimePtr = std::shared_ptr<ServerRuntime>;

namespace {

void ReadSymbol(const RuntimePtr& runtime, const rpc::CallPtr& call, const v1::GetSymbolRequest& request,
                Symbol* response) {
  runtime->symbols().Find(request.symbol(), request.group(), call->deadline(),
                          [runtime, call, response](absl::StatusOr<Symbol> symbol) {
                            if (symbol.ok()) *response = *std::move(symbol);
                            call->Finish(symbol.status());
                          });
}

}  // namespace

grpc::ServerUnaryReactor* ConnectorQuoteServiceImpl::GetSymbol(grpc::CallbackServerContext* context,
                                                               const v1::GetSymbolRequest* request,
                                                               Symbol* response) {
  return gate_.Unary(context, "/mtsuite.connector.v1.ConnectorQuoteService/GetSymbol", request, response,
                     [this](rpc::CallPtr call, const v1::GetSymbolRequest& request, Symbol* response) {
                       const auto runtime = [&]() -> absl::StatusOr<RuntimePtr> {
                         RETURN_IF_ERROR(call->CheckServerAllowed(request.server()));
                         if (request.symbol().empty()) return request_errors::Required("symbol");
                         return servers_.Find(request.server());
                       }();
                       if (!runtime.ok()) return (void)call->Finish(runtime.status());
                       if (request.group().empty()) return ReadSymbol(*runtime, call, request, response);
                       (*runtime)->groups().Find(request.group(), call->deadline(),
                                                 [runtime = *runtime, call, &request, response](
                                                     const absl::StatusOr<accounts::v1::Group>& group) {
                                                   if (!group.ok()) return (void)call->Finish(group.status());
                                                   ReadSymbol(runtime, call, request, response);
                                                 });
                     });
}

}  // namespace mtsuite::connector
