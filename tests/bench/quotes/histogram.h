#ifndef TESTS_BENCH_QUOTES_HISTOGRAM_H_
#define TESTS_BENCH_QUOTES_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace mtsuite::bench {

// Counts of whole numbers from 0, exact below 64 and to 3 % above; of fixed size, so that millions of values
// a second cost next to nothing.
class Histogram {
 public:
  // Values below 0 count as 0.
  void Add(int64_t value) {
    ++counts_[Bucket(static_cast<uint64_t>(std::max<int64_t>(0, value)))];
    ++total_;
  }
  void Merge(const Histogram& other) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
  }
  // The lower edge of the bucket that holds this share of the values; 0 when there are none.
  int64_t Percentile(double share) const {
    const auto rank = static_cast<uint64_t>(share * static_cast<double>(total_));
    uint64_t seen = 0;
    for (size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > rank) return LowerEdge(i);
    }
    return 0;
  }
  uint64_t total() const { return total_; }

 private:
  // Numbers with the same highest bit share 32 buckets.
  static constexpr int kBits = 5;
  static constexpr uint64_t kSteps = uint64_t{1} << kBits;

  static size_t Bucket(uint64_t value) {
    if (value < kSteps) return value;
    const int shift = std::bit_width(value) - 1 - kBits;
    return static_cast<size_t>((static_cast<uint64_t>(shift) + 1) * kSteps + (value >> shift) - kSteps);
  }
  static int64_t LowerEdge(size_t bucket) {
    if (bucket < kSteps) return static_cast<int64_t>(bucket);
    const size_t shift = bucket / kSteps - 1;
    return static_cast<int64_t>((bucket % kSteps + kSteps) << shift);
  }

  std::array<uint64_t, 60 * kSteps> counts_{};
  uint64_t total_ = 0;
};

}  // namespace mtsuite::bench

#endif  // TESTS_BENCH_QUOTES_HISTOGRAM_H_
