#ifndef SERVICES_CONNECTOR_SERVICE_MUTATION_H_
#define SERVICES_CONNECTOR_SERVICE_MUTATION_H_

#include <string>

#include "absl/functional/any_invocable.h"
#include "common/clock/clock.h"
#include "common/rpc/unary_call.h"
#include "services/connector/journal/operation_record.h"
#include "services/connector/server/server_directory.h"

namespace mtsuite::connector {

// A mutation as it arrived.
struct Mutation {
  std::string server;
  std::string operation_id;
  bool validate_only = false;
  Command command;
};

// The parts that all requests of mutations have.
template <class Request>
Mutation ToMutation(const Request& request) {
  Mutation mutation;
  mutation.server = request.server();
  mutation.operation_id = request.operation_id();
  mutation.validate_only = request.validate_only();
  return mutation;
}

// Carries a mutation out through the server's journal, or with validate_only checks it and changes nothing,
// and finishes the call. `fill` writes the result into the response; with validate_only it is called for
// trades only, with what would be.
void Mutate(const ServerDirectory& servers, rpc::CallPtr call, Mutation mutation,
            absl::AnyInvocable<void(const OperationResult&)> fill);

}  // namespace mtsuite::connector

#endif  // SERVICES_CONNECTOR_SERVICE_MUTATION_H_
