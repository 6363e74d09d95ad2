#include "services/mtsim/engine/history.h"

#include <random>

#include "gtest/gtest.h"
#include "services/mtsim/engine/records.h"
#include "services/mtsim/engine/ticket_book.h"

namespace mtsuite::mtsim {
namespace {

Deal MakeDeal(uint64_t ticket, uint64_t login, int64_t seconds) {
  return {.deal = ticket, .login = login, .time = absl::FromUnixSeconds(seconds)};
}

TimeWindow Window(int64_t from, int64_t to) {
  return {absl::FromUnixSeconds(from), absl::FromUnixSeconds(to)};
}

std::vector<uint64_t> Tickets(const std::vector<const Deal*>& deals) {
  std::vector<uint64_t> tickets;
  for (const Deal* deal : deals) tickets.push_back(deal->deal);
  return tickets;
}

TEST(HistoryTest, WindowsIncludeBothEndsAndAreOrdered) {
  History<Deal> history;
  history.Add(MakeDeal(1, 7, 300));
  history.Add(MakeDeal(2, 7, 100));
  history.Add(MakeDeal(3, 7, 200));
  history.Add(MakeDeal(4, 7, 200));
  history.Add(MakeDeal(5, 8, 200));
  EXPECT_EQ(Tickets(history.All(7, TimeWindow())), (std::vector<uint64_t>{2, 3, 4, 1}));
  EXPECT_EQ(Tickets(history.All(7, Window(100, 200))), (std::vector<uint64_t>{2, 3, 4}));
  EXPECT_EQ(history.Count(7, Window(101, 199)), 0u);
  EXPECT_EQ(history.Count(7, Window(300, 100)), 0u);
  EXPECT_EQ(history.Count(9, TimeWindow()), 0u);
  EXPECT_EQ(Tickets(history.Page(7, TimeWindow(), 1, 2)), (std::vector<uint64_t>{3, 4}));
  EXPECT_TRUE(history.Page(7, TimeWindow(), 9, 2).empty());
  EXPECT_EQ(history.Find(5)->login, 8u);
  EXPECT_EQ(history.Find(6), nullptr);
}

TEST(HistoryTest, ScanCoversAllLoginsAndCanStop) {
  History<Deal> history;
  for (uint64_t i = 0; i < 100; ++i) history.Add(MakeDeal(i + 1, i % 3, static_cast<int64_t>(100 - i)));
  std::vector<uint64_t> seen;
  history.Scan(Window(10, 20), [&](const Deal& deal) {
    seen.push_back(deal.deal);
    return seen.size() < 5;
  });
  EXPECT_EQ(seen, (std::vector<uint64_t>{91, 90, 89, 88, 87}));
}

TEST(HistoryTest, AgreesWithAPlainListOnRandomRecords) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  History<Deal> history;
  std::vector<Deal> plain;
  for (uint64_t ticket = 1; ticket <= 2000; ++ticket) {
    plain.push_back(MakeDeal(ticket, random() % 5, static_cast<int64_t>(random() % 1000)));
    history.Add(plain.back());
  }
  std::ranges::sort(plain, {}, [](const Deal& deal) { return std::pair(deal.time, deal.deal); });
  for (int i = 0; i < 200; ++i) {
    const uint64_t login = random() % 6;
    const auto from = static_cast<int64_t>(random() % 1000);
    const TimeWindow window = Window(from, from + static_cast<int64_t>(random() % 300));
    std::vector<uint64_t> expected;
    for (const Deal& deal : plain) {
      if (deal.login == login && deal.time >= window.from && deal.time <= window.to)
        expected.push_back(deal.deal);
    }
    EXPECT_EQ(Tickets(history.All(login, window)), expected);
    EXPECT_EQ(history.Count(login, window), expected.size());
  }
}

TEST(TicketBookTest, FindsByTicketAndLogin) {
  TicketBook<Position> book;
  for (const uint64_t ticket : {5, 3, 9}) book.Insert(ticket, {.position = ticket, .login = 1});
  book.Insert(4, {.position = 4, .login = 2});
  ASSERT_EQ(book.Count(1), 3u);
  EXPECT_EQ(book.Of(1)[0].first, 3u);
  EXPECT_EQ(book.Page(1, 1, 5).size(), 2u);
  EXPECT_EQ(book.Logins(), (std::vector<uint64_t>{1, 2}));
  book.Erase(5);
  book.Erase(5);
  book.Erase(4);
  EXPECT_EQ(book.Count(1), 2u);
  EXPECT_EQ(book.Find(5), nullptr);
  EXPECT_EQ(book.Logins(), (std::vector<uint64_t>{1}));
}

}  // namespace
}  // namespace mtsuite::mtsim
