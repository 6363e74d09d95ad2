#include "common/metrics/metrics.h"

#include <memory>
#include <string>
#include <vector>

#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"

namespace mtsuite::metrics {

void Counter::Increment(double amount) {
  if (counter_ != nullptr) counter_->Increment(amount);
}

double Counter::value() const { return counter_ == nullptr ? 0 : counter_->Value(); }

void Gauge::Set(double value) {
  if (gauge_ != nullptr) gauge_->Set(value);
}

void Gauge::Add(double amount) {
  if (gauge_ != nullptr) gauge_->Increment(amount);
}

double Gauge::value() const { return gauge_ == nullptr ? 0 : gauge_->Value(); }

void Histogram::Observe(double value) {
  if (histogram_ != nullptr) histogram_->Observe(value);
}

std::vector<double> LatencyBuckets() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

// Merge: declaring a metric again yields the same family.
Registry::Registry()
    : registry_(std::make_shared<prometheus::Registry>(prometheus::Registry::InsertBehavior::Merge)) {}

Registry::~Registry() = default;

Counter Registry::NewCounter(const Description& description, const Labels& labels) {
  return Counter(&prometheus::BuildCounter()
                      .Name(description.name)
                      .Help(description.help)
                      .Register(*registry_)
                      .Add(labels));
}

Gauge Registry::NewGauge(const Description& description, const Labels& labels) {
  return Gauge(&prometheus::BuildGauge()
                    .Name(description.name)
                    .Help(description.help)
                    .Register(*registry_)
                    .Add(labels));
}

Histogram Registry::NewHistogram(const Description& description, const std::vector<double>& bounds,
                                 const Labels& labels) {
  return Histogram(&prometheus::BuildHistogram()
                        .Name(description.name)
                        .Help(description.help)
                        .Register(*registry_)
                        .Add(labels, bounds));
}

std::string Registry::Text() const { return prometheus::TextSerializer().Serialize(registry_->Collect()); }

std::shared_ptr<prometheus::Collectable> Registry::collectable() const { return registry_; }

Counter MakeCounter(Registry* registry, const Description& description, const Labels& labels) {
  return registry == nullptr ? Counter() : registry->NewCounter(description, labels);
}

Gauge MakeGauge(Registry* registry, const Description& description, const Labels& labels) {
  return registry == nullptr ? Gauge() : registry->NewGauge(description, labels);
}

Histogram MakeHistogram(Registry* registry, const Description& description, const std::vector<double>& bounds,
                        const Labels& labels) {
  return registry == nullptr ? Histogram() : registry->NewHistogram(description, bounds, labels);
}

}  // namespace mtsuite::metrics
