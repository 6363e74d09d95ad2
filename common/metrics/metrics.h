#ifndef COMMON_METRICS_METRICS_H_
#define COMMON_METRICS_METRICS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Collectable;
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

// Prometheus metrics. A class declares its metrics once, with help, in its constructor and keeps the handles:
//
//   commands_(metrics::MakeCounter(registry, {"journal_commands_total", "Commands written to the
//   journal."})),
//
// A null registry gives inert handles, so that no caller ever checks. Names follow Prometheus: a unit suffix,
// `_total` for counters. Labels come from closed sets only (method, code, server), never from logins or
// operation ids.
namespace mtsuite::metrics {

using Labels = std::map<std::string, std::string>;

// Name and help of one metric. The same name may be declared again with other labels, but with the same help.
struct Description {
  std::string name;
  std::string help;
};

// A value that only grows. Copies count into the same metric. Thread-safe, lock-free. A default-made one is
// inert.
class Counter {
 public:
  Counter() = default;
  void Increment(double amount = 1);
  // What has been counted so far; 0 when inert.
  double value() const;

 private:
  friend class Registry;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  prometheus::Counter* counter_ = nullptr;
};

// A value that goes up and down. Otherwise like Counter.
class Gauge {
 public:
  Gauge() = default;
  void Set(double value);
  void Add(double amount);
  double value() const;

 private:
  friend class Registry;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  prometheus::Gauge* gauge_ = nullptr;
};

// A distribution in buckets. Thread-safe; takes a short lock.
class Histogram {
 public:
  Histogram() = default;
  void Observe(double value);

 private:
  friend class Registry;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  prometheus::Histogram* histogram_ = nullptr;
};

// Upper bounds for latencies in seconds: 100 µs to 10 s, finer where the targets are.
std::vector<double> LatencyBuckets();

// Owns the metrics of a process. Outlives every handle made from it. Thread-safe.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter NewCounter(const Description& description, const Labels& labels);
  Gauge NewGauge(const Description& description, const Labels& labels);
  Histogram NewHistogram(const Description& description, const std::vector<double>& bounds,
                         const Labels& labels);

  // Everything in Prometheus' text format, as a scrape would see it.
  std::string Text() const;

  // For the exposer.
  std::shared_ptr<prometheus::Collectable> collectable() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;
};

// These give an inert handle when `registry` is null.
Counter MakeCounter(Registry* registry, const Description& description, const Labels& labels = {});
Gauge MakeGauge(Registry* registry, const Description& description, const Labels& labels = {});
Histogram MakeHistogram(Registry* registry, const Description& description, const std::vector<double>& bounds,
                        const Labels& labels = {});

}  // namespace mtsuite::metrics

#endif  // COMMON_METRICS_METRICS_H_
