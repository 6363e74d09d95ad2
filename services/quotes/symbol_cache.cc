#include "services/quotes/symbol_cache.h"

#include <utility>

#include "common/rpc/call_unary.h"

namespace mtsuite::quotes {

void SymbolCache::Get(const std::string& server, Done done) {
  SymbolTablePtr table;
  {
    absl::MutexLock lock(&state_->mutex);
    Entry& entry = state_->entries[server];
    if (entry.table != nullptr && clock_.TimeNow() - entry.table->read_time < options_.max_age) {
      table = entry.table;
    } else {
      entry.waiters.push_back(std::move(done));
      if (std::exchange(entry.reading, true)) return;
    }
  }
  if (table != nullptr) return done(table);
  Read(server);
}

void SymbolCache::Read(const std::string& server) {
  connector::v1::ListSymbolsRequest request;
  request.set_server(server);
  const absl::Time now = clock_.TimeNow();
  rpc::CallUnary(connector_.symbols(), &ConnectorAsync::ListSymbols,
                 connector_.OwnContext(now + options_.read_timeout), request,
                 [state = state_, server, now, &connector = connector_](
                     absl::StatusOr<connector::v1::ListSymbolsResponse> all, const rpc::ReplyMetadata&) {
                   if (!all.ok()) {
                     return OnRead(*state, server, connector.peer().WithTransportReason(all.status()));
                   }
                   auto table = std::make_shared<SymbolTable>();
                   table->read_time = now;
                   for (v1::Symbol& symbol : *all->mutable_symbols()) {
                     table->currencies.Add(symbol);
                     const std::string name = symbol.name();
                     table->symbols.insert_or_assign(name, std::move(symbol));
                   }
                   OnRead(*state, server, SymbolTablePtr(std::move(table)));
                 });
}

void SymbolCache::OnRead(State& state, const std::string& server,
                         const absl::StatusOr<SymbolTablePtr>& table) {
  std::vector<Done> waiters;
  {
    absl::MutexLock lock(&state.mutex);
    Entry& entry = state.entries[server];
    waiters = std::exchange(entry.waiters, {});
    entry.reading = false;
    if (table.ok()) {
      entry.table = *table;
    } else if (entry.table == nullptr) {
      // Names of servers that do not exist take no room.
      state.entries.erase(server);
    }
  }
  for (Done& done : waiters) done(table);
}

}  // namespace mtsuite::quotes
