#include "services/mtsim/control/sim_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/mtsim/control/convert.h"
#include "services/mtsim/control/trading_control.h"
#include "services/mtsim/seeding.h"

namespace mtsuite::mtsim {
namespace {

using google::protobuf::Empty;

constexpr int32_t kDealsDefault = 1'000;
constexpr int32_t kDealsMax = 10'000;
constexpr absl::Duration kDownTimeMax = absl::Hours(1);

absl::Status FillDeals(const State& state, const sim::v1::ListDealsRequest& request,
                       sim::v1::ListDealsResponse& response) {
  if (request.limit() < 0 || request.limit() > kDealsMax) {
    return absl::InvalidArgumentError(absl::StrCat("limit is ", request.limit(), "; it must be 1 to ",
                                                   kDealsMax, ", or 0 for ", kDealsDefault));
  }
  const int limit = request.limit() == 0 ? kDealsDefault : request.limit();
  const auto after = static_cast<uint64_t>(std::max<int64_t>(request.after_ticket(), 0));
  // Tickets count up, so the log of additions is sorted by them.
  const auto& deals = state.deals.records();
  auto deal = std::upper_bound(deals.begin(), deals.end(), after,
                               [](uint64_t ticket, const Deal& record) { return ticket < record.deal; });
  for (; deal != deals.end() && response.deals_size() < limit; ++deal) {
    if (request.login() != 0 && deal->login != static_cast<uint64_t>(request.login())) continue;
    *response.add_deals() = ToProto(*deal);
  }
  return absl::OkStatus();
}

absl::Status MovePrice(Engine& engine, const sim::v1::SetPriceRequest& request) {
  const SymbolRef symbol = engine.state().symbols.Find(request.symbol());
  if (symbol == nullptr)
    return absl::NotFoundError(absl::StrCat("there is no symbol '", request.symbol(), "'"));
  ASSIGN_OR_RETURN(const Fixed bid, FixedFromProto(request.bid(), "bid"));
  Fixed ask =
      bid + Fixed::Saturated(static_cast<__int128>(symbol->point().units()) * symbol->feed.spread_points);
  if (!request.ask().empty()) {
    ASSIGN_OR_RETURN(ask, FixedFromProto(request.ask(), "ask"));
  }
  // What was due before must not come after.
  engine.Advance();
  return ToStatus(engine.feed().SetPrice(symbol->name, bid, ask, engine.state().Now()), "setting the price");
}

absl::Status StepPrices(Engine& engine, const sim::v1::StepFeedRequest& request, sim::v1::Quote& response) {
  engine.Advance();
  const Retcode stepped = engine.feed().Step(request.symbol(), request.tick_count(), engine.state().Now());
  RETURN_IF_ERROR(ToStatus(stepped, absl::StrCat("making ", request.tick_count(), " ticks of '",
                                                 request.symbol(), "' (1 to 10000 of a symbol that walks)")));
  const SymbolRef symbol = engine.state().symbols.Find(request.symbol());
  const Quote& quote = *engine.feed().Last(symbol->id);
  response.set_symbol(symbol->name);
  response.set_bid(quote.bid.ToString(symbol->digits));
  response.set_ask(quote.ask.ToString(symbol->digits));
  *response.mutable_time() = ToProto(quote.time);
  return absl::OkStatus();
}

absl::Status MoveClock(World& world, const sim::v1::SetClockRequest& request) {
  switch (request.clock_case()) {
    case sim::v1::SetClockRequest::kAdvance: {
      ASSIGN_OR_RETURN(const absl::Duration advance, FromProto(request.advance(), "advance"));
      RETURN_IF_ERROR(world.clock.Advance(advance));
      break;
    }
    case sim::v1::SetClockRequest::kFreezeAt: {
      ASSIGN_OR_RETURN(const absl::Time time, FromProto(request.freeze_at(), "freeze_at"));
      RETURN_IF_ERROR(world.clock.FreezeAt(time));
      break;
    }
    default:
      if (!request.real()) return absl::InvalidArgumentError("set advance, freeze_at, or real to true");
      world.clock.Reset();
  }
  world.engine.Advance();
  return absl::OkStatus();
}

void FillStatus(World& world, const Server& server, sim::v1::Status& response) {
  const State& state = world.engine.state();
  *response.mutable_time() = ToProto(world.clock.TimeNow());
  response.set_account_count(static_cast<int64_t>(state.accounts.size()));
  response.set_deal_count(static_cast<int64_t>(state.deals.size()));
  response.set_position_count(static_cast<int64_t>(state.positions.size()));
  response.set_session_count(static_cast<int32_t>(server.connection_count()));
  response.set_command_count(world.command_count);
  response.set_seed(world.seed);
  response.set_mt5_port(server.port());
  response.set_order_count(static_cast<int64_t>(state.orders.size()));
  response.set_queued_trade_count(static_cast<int64_t>(world.desk.in_flight()));
}

}  // namespace

grpc::ServerUnaryReactor* SimService::GetStatus(grpc::CallbackServerContext* context,
                                                const sim::v1::GetStatusRequest* request,
                                                sim::v1::Status* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/GetStatus", request, response,
                  [response](World& world, Server& server) {
                    FillStatus(world, server, *response);
                    return absl::OkStatus();
                  });
}

grpc::ServerUnaryReactor* SimService::SeedAccounts(grpc::CallbackServerContext* context,
                                                   const sim::v1::SeedAccountsRequest* request,
                                                   sim::v1::SeedAccountsResponse* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/SeedAccounts", request, response,
                  [request, response](World& world, Server&) -> absl::Status {
                    mtsim::SeedAccounts seed;
                    seed.count = request->count();
                    seed.first_login = static_cast<uint64_t>(std::max<int64_t>(request->first_login(), 0));
                    seed.group = request->group();
                    if (!request->deposit().empty()) {
                      ASSIGN_OR_RETURN(seed.deposit, FixedFromProto(request->deposit(), "deposit"));
                    }
                    seed.password = request->password();
                    ASSIGN_OR_RETURN(const LoginSpan span, OpenSeededAccounts(world.engine, seed));
                    response->set_first_login(static_cast<int64_t>(span.first));
                    response->set_last_login(static_cast<int64_t>(span.last));
                    return absl::OkStatus();
                  });
}

grpc::ServerUnaryReactor* SimService::SeedHistory(grpc::CallbackServerContext* context,
                                                  const sim::v1::SeedHistoryRequest* request,
                                                  sim::v1::SeedHistoryResponse* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/SeedHistory", request, response,
                  [request, response](World& world, Server&) -> absl::Status {
                    ASSIGN_OR_RETURN(const uint64_t login, LoginFrom(request->login()));
                    ASSIGN_OR_RETURN(const int64_t deals,
                                     WriteSeededHistory(world.engine, {.login = login,
                                                                       .trade_count = request->trade_count(),
                                                                       .days = request->days(),
                                                                       .seed = request->seed()}));
                    response->set_deal_count(deals);
                    return absl::OkStatus();
                  });
}

grpc::ServerUnaryReactor* SimService::SetPrice(grpc::CallbackServerContext* context,
                                               const sim::v1::SetPriceRequest* request, Empty* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/SetPrice", request, response,
                  [request](World& world, Server&) { return MovePrice(world.engine, *request); });
}

grpc::ServerUnaryReactor* SimService::SetFeed(grpc::CallbackServerContext* context,
                                              const sim::v1::SetFeedRequest* request, Empty* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/SetFeed", request, response,
                  [this, request](World& world, Server&) {
                    const int rate = request->running() ? std::max(feed_rate_percent_, 1) : 0;
                    return ToStatus(world.engine.feed().SetRatePercent(rate), "setting the feed");
                  });
}

grpc::ServerUnaryReactor* SimService::StepFeed(grpc::CallbackServerContext* context,
                                               const sim::v1::StepFeedRequest* request,
                                               sim::v1::Quote* response) {
  return OnServer(
      context, "/mtsuite.sim.v1.SimService/StepFeed", request, response,
      [request, response](World& world, Server&) { return StepPrices(world.engine, *request, *response); });
}

grpc::ServerUnaryReactor* SimService::SetClock(grpc::CallbackServerContext* context,
                                               const sim::v1::SetClockRequest* request, Empty* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/SetClock", request, response,
                  [request](World& world, Server&) { return MoveClock(world, *request); });
}

grpc::ServerUnaryReactor* SimService::AddFault(grpc::CallbackServerContext* context,
                                               const sim::v1::AddFaultRequest* request,
                                               sim::v1::Fault* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/AddFault", request, response,
                  [request, response](World& world, Server&) -> absl::Status {
                    ASSIGN_OR_RETURN(Fault fault, FromProto(request->fault()));
                    ASSIGN_OR_RETURN(fault, world.faults.Add(std::move(fault), RealClock().TimeNow()));
                    *response = ToProto(fault);
                    return absl::OkStatus();
                  });
}

grpc::ServerUnaryReactor* SimService::ListFaults(grpc::CallbackServerContext* context,
                                                 const sim::v1::ListFaultsRequest* request,
                                                 sim::v1::ListFaultsResponse* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/ListFaults", request, response,
                  [response](World& world, Server&) {
                    for (const Fault& fault : world.faults.List()) *response->add_faults() = ToProto(fault);
                    return absl::OkStatus();
                  });
}

grpc::ServerUnaryReactor* SimService::ClearFaults(grpc::CallbackServerContext* context,
                                                  const sim::v1::ClearFaultsRequest* request,
                                                  Empty* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/ClearFaults", request, response,
                  [](World&, Server& server) {
                    server.ClearFaults();
                    return absl::OkStatus();
                  });
}

grpc::ServerUnaryReactor* SimService::RestartServer(grpc::CallbackServerContext* context,
                                                    const sim::v1::RestartServerRequest* request,
                                                    Empty* response) {
  return OnServer(
      context, "/mtsuite.sim.v1.SimService/RestartServer", request, response,
      [request](World&, Server& server) -> absl::Status {
        ASSIGN_OR_RETURN(const absl::Duration down_time, FromProto(request->down_time(), "down_time"));
        if (down_time < absl::ZeroDuration() || down_time > kDownTimeMax) {
          return absl::InvalidArgumentError(
              absl::StrCat("down_time is ", absl::FormatDuration(down_time), "; it must be 0 to 1h"));
        }
        server.Restart(down_time);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* SimService::ListDeals(grpc::CallbackServerContext* context,
                                                const sim::v1::ListDealsRequest* request,
                                                sim::v1::ListDealsResponse* response) {
  return OnServer(context, "/mtsuite.sim.v1.SimService/ListDeals", request, response,
                  [request, response](World& world, Server&) {
                    return FillDeals(world.engine.state(), *request, *response);
                  });
}

}  // namespace mtsuite::mtsim
