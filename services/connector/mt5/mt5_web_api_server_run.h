#ifndef SERVICES_CONNECTOR_MT5_MT5_WEB_API_SERVER_RUN_H_
#define SERVICES_CONNECTOR_MT5_MT5_WEB_API_SERVER_RUN_H_

#include <utility>

#include "asio/post.hpp"
#include "services/connector/mt5/mt5_web_api_server.h"

// How calls get to the server's thread. Only for the sources of Mt5WebApiServer.
namespace mtsuite::connector::mt5 {

template <typename DoneType, typename Body>
void Mt5WebApiServer::Run(bool mutation, DoneType done, Body start) {
  absl::ReleasableMutexLock lock(&stop_mutex_);
  if (stopped_) {
    lock.Release();
    return done(NotConnected("the connector is stopping", absl::Seconds(1), mutation));
  }
  if (calls_in_progress_.fetch_add(1) >= options_.call_limit) {
    asio::post(io_, [this, mutation, done = std::move(done)]() mutable {
      calls_in_progress_.fetch_sub(1);
      done(TooManyCalls(mutation));
    });
    return;
  }
  asio::post(io_, [this, mutation, done = std::move(done), start = std::move(start)]() mutable {
    DoneType counted = [this, done = std::move(done)](auto result) mutable {
      calls_in_progress_.fetch_sub(1);
      UpdateState();
      done(std::move(result));
    };
    if (absl::Status status = CheckReachable(mutation); !status.ok()) return counted(std::move(status));
    start(std::move(counted));
  });
}

}  // namespace mtsuite::connector::mt5

#endif  // SERVICES_CONNECTOR_MT5_MT5_WEB_API_SERVER_RUN_H_
