"""Random trading against an independent model of it: positions, history, statistics and balance agree with it to the cent.

Prices and time stand still but for what the test does to them, so that the model knows every price that something traded at.
"""

import datetime
import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import suite as local
from reckoning import Account, Commission, Market, Symbol, rounded
from rest import Rest
from sim import Sim
from trader import Trader
from web_api import add_groups

DEALS = 10_000 if os.environ.get("MTSUITE_SOAK") else 600
# Nights go by only towards the end: the connector reads deals from its own present on again and again.
DEALS_WITH_NIGHTS = 200
# Of a working day, UTC: all markets are open.
OPEN_HOURS = range(0, 20)
THREADS = 4
STEPS = 6  # Of an account between two moves of the market.
ACCOUNTS_PER_GROUP = 2
DEPOSIT = Decimal(1_000_000)
# What is traded, and what converts the results. AUDNZD converts to euros and yen by way of dollars.
TRADED = {"EURUSD": "1.08500", "USDJPY": "150.000", "EURJPY": "162.750", "GBPCHF": "1.11760", "AUDNZD": "1.08260",
          "XAUUSD": "2050.00", "DE40": "16900.00", "BTCUSD": "43000.00"}
CONVERTING = {"USDCHF": "0.88000", "EURCHF": "0.95480", "CHFJPY": "170.450", "NZDUSD": "0.60500"}
# Name, currency, its digits, hedging, how many units are worth a dollar.
GROUPS = (("usd", "USD", 2, True, 1), ("eur", "EUR", 2, True, 1), ("jpy", "JPY", 0, True, 150),
          ("netting-usd", "USD", 2, False, 1), ("netting-jpy", "JPY", 0, False, 150))
HEDGING_MODE = 2


def commissions_of(scale: int) -> list[Commission]:
    """Odd numbers, so that shares of them have to be rounded."""
    crypto = Commission("Crypto", Decimal("11.11") * scale, is_fee=True, entries_only=True, minimal=Decimal("0.37") * scale)
    return [Commission("Forex", Decimal("7.13") * scale), crypto]


def record_of(group: tuple) -> dict:
    """The platform's record of a group."""
    name, currency, digits, hedging, scale = group
    return {
        "Group": f"model\\{name}", "Currency": currency, "CurrencyDigits": digits, "MarginMode": HEDGING_MODE if hedging else 0,
        "TradeFlags": 31, "MarginCall": "100", "MarginStopOut": "50",
        "Commissions": [{
            "Name": terms.folder, "Path": f"{terms.folder}\\*", "Mode": 2 if terms.is_fee else 0, "RangeMode": 0, "ChargeMode": 2,
            "EntryMode": int(terms.entries_only), "ActionMode": 0, "ProfitMode": 0, "ReasonMode": 0,
            "Tiers": [{"Mode": 0, "Type": 1, "Value": str(terms.per_lot), "Minimal": str(terms.minimal)}],
        } for terms in commissions_of(scale)]}


def symbol_of(body: dict) -> Symbol:
    """As the API tells it."""
    triple = body["tripleSwapDay"]
    return Symbol(
        body["name"], body["path"].partition("\\")[0], body["baseCurrencyCode"], body["profitCurrencyCode"], body["digits"],
        Decimal(body["contractSize"]), Decimal(body["volumeStep"]), Decimal(body["minVolume"]),
        body["calculationMode"] == "FOREX",
        body["swapMode"], {True: Decimal(body["swapLong"]), False: Decimal(body["swapShort"])},
        None if triple == "WEEKDAY_UNSPECIFIED" else triple)


class World:
    """A suite whose prices and time are the test's, and the model of it."""

    def __init__(self, suite: local.Suite, rng: random.Random):
        self._rng = rng
        self._rest = Rest(suite.url, suite.api_key)
        self._sim = Sim(f"127.0.0.1:{suite.mtsim.ports['port']}", suite.api_key)
        self.path = f"/v1/servers/{local.SERVER_ID}"
        # The clock cannot go back, and has gone on when it is stopped.
        self._time = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
        if self._time.weekday() > 4 or self._time.hour not in OPEN_HOURS:
            self._time = self._next_working_day(self._time)
        self._sim.call("SetFeed", running=False)
        self._move_clock()
        prices = TRADED | CONVERTING
        self.market = Market([symbol_of(self.get(f"symbols/{name}")) for name in prices])
        self.market.day = f"{self._time:%Y-%m-%d}"
        self._accounts: list[Account] = []
        for name, price in prices.items():
            self._set_price(name, Decimal(price))
        add_groups(suite.mtsim.ports["mt5_port"], local.MANAGER_LOGIN,
                   (suite.state / "secrets/manager-password").read_text().strip(), [record_of(group) for group in GROUPS])
        self.traders = [trader for group in GROUPS for trader in self._traders(group)]

    def get(self, path: str) -> dict:
        answer = self._rest.get(f"{self.path}/{path}")
        assert answer.status == 200, answer
        return answer.body

    def pages(self, path: str, member: str) -> list[dict]:
        """A whole list; the page size is odd, so that pages end anywhere."""
        items, token = [], ""
        while True:
            page = self.get(f"{path}?pageSize=97&pageToken={token}")
            items += page[member]
            token = page["nextPageToken"]
            if not token:
                return items

    def move(self, night: bool) -> None:
        """Time goes by, perhaps a whole night, and prices change, with all that they reach."""
        if night:
            self._sleep()
        self._time += datetime.timedelta(seconds=1)
        self._move_clock()
        for name in self._rng.sample(list(self.market.symbols), k=6):
            bid = self.market.price(name, buy=False)
            self._set_price(name, bid + self._rng.randint(-8, 8) * rounded(bid / 2500, self.market.symbols[name].digits))

    def _traders(self, group: tuple) -> list[Trader]:
        name, currency, digits, hedging, scale = group
        seeded = self._sim.call("SeedAccounts", count=ACCOUNTS_PER_GROUP, group=f"model\\{name}", deposit=str(DEPOSIT * scale))
        traders = []
        for login in range(seeded.first_login, seeded.last_login + 1):
            account = Account(self.market, currency, digits, hedging, commissions_of(scale))
            account.book(DEPOSIT * scale)
            self._accounts.append(account)
            traders.append(Trader(self._rest, f"{self.path}/accounts/{login}", account, list(TRADED),
                                  random.Random(self._rng.getrandbits(64))))
        return traders

    def _set_price(self, name: str, bid: Decimal) -> None:
        ask = bid + self._rng.randint(0, 30) * Decimal(1).scaleb(-self.market.symbols[name].digits)
        self._sim.call("SetPrice", symbol=name, bid=str(bid), ask=str(ask))
        self.market.quotes[name] = (bid, ask)
        for account in self._accounts:
            account.on_price(name)

    def _move_clock(self) -> None:
        self._sim.call("SetClock", freeze_at=self._time)

    def _sleep(self) -> None:
        """Until the next working day: swaps of each night between."""
        waking = self._next_working_day(self._time)
        night = self._time
        while night.date() < waking.date():
            for account in self._accounts:
                account.on_midnight(f"{night:%A}".upper())
            night += datetime.timedelta(days=1)
        self._time = waking
        self.market.day = f"{waking:%Y-%m-%d}"

    @staticmethod
    def _next_working_day(time: datetime.datetime) -> datetime.datetime:
        """Its morning."""
        time += datetime.timedelta(days=1)
        while time.weekday() > 4:
            time += datetime.timedelta(days=1)
        return time.replace(hour=8, minute=0)


class Audit:
    """What the API tells of one account, compared with the model of it."""

    def __init__(self, world: World, trader: Trader):
        self._world, self._account, self._path = world, trader.account, trader.path.removeprefix(world.path + "/")
        self.problems: list[str] = []

    def run(self) -> list[str]:
        self._positions()
        self._orders()
        self._closed_positions()
        self._deals()
        self._statistics()
        return self.problems

    def _list(self, what: str, member: str) -> list[dict]:
        return self._world.pages(f"{self._path}/{what}", member)

    def _same(self, what: str, told: object, reckoned: object) -> None:
        if isinstance(told, Counter) and told != reckoned:
            told, reckoned = told - reckoned, reckoned - told
        if told != reckoned:
            self.problems.append(f"{self._path} {what}: the API tells {told}, the model says {reckoned}")

    def _positions(self) -> None:
        floating = self._account.floating()
        told = {int(p["ticket"]): (p["symbol"], p["side"], *_decimals(
            p, "volume", "openPrice", "stopLoss", "takeProfit", "swap", "profit")) for p in self._list("positions", "positions")}
        self._same("positions", told, {
            p.ticket: (p.symbol.name, "BUY" if p.buy else "SELL", p.volume, p.price, p.stop_loss, p.take_profit, p.swap,
                       floating[p.ticket]) for p in self._account.positions.values()})
        equity = self._account.balance + sum(floating.values()) + sum(p.swap for p in self._account.positions.values())
        self._same("equity", Decimal(self._world.get(f"{self._path}/tradeState")["equity"]), equity)

    def _orders(self) -> None:
        told = {int(o["ticket"]): (o["symbol"], o["side"], o["type"], *_decimals(o, "volume", "price"))
                for o in self._list("orders", "orders")}
        self._same("orders", told, {
            o.ticket: (o.symbol.name, "BUY" if o.buy else "SELL", "LIMIT" if o.is_limit else "STOP", o.volume, o.price)
            for o in self._account.orders.values()})
        history = self._list("orderHistory", "orders")
        self._same("order history", Counter(order["state"] for order in history), self._account.history)
        self._same("orders told twice", len(history), len({order["ticket"] for order in history}))

    def _closed_positions(self) -> None:
        closed = self._list("closedPositions", "closedPositions")
        told = Counter((int(p["ticket"]), p["symbol"], p["side"], *_decimals(
            p, "volume", "openPrice", "closePrice", "profit", "swap", "commission", "fee", "netProfit"), p["dealCount"])
            for p in closed)
        self._same("closed positions", told, self._account.closed)
        if not self._account.positions:
            net = sum(Decimal(p["netProfit"]) for p in closed)
            self._same("balance by closed positions", net + sum(self._account.flows), self._account.balance)

    def _deals(self) -> None:
        deals = self._list("deals", "deals")
        money = ("profit", "swap", "commission", "fee")
        self._same("deals", Counter(
            (int(d["positionTicket"]), d["type"], d["entry"], d["symbol"], *_decimals(d, "volume", "price", *money))
            for d in deals), self._account.deals)
        self._same("deals told twice", len(deals), len({deal["ticket"] for deal in deals}))
        self._same("sum of deals", sum(sum(_decimals(d, *money)) for d in deals), self._account.balance)
        self._same("balance", Decimal(self._world.get(self._path)["balance"]), self._account.balance)

    def _statistics(self) -> None:
        account, told = self._account, self._world.get(f"{self._path}/statistics")
        results = [result for _, _, result in account.trades]
        wins, losses = [r for r in results if r > 0], [r for r in results if r < 0]
        counts = {
            "tradeCount": len(results), "winningTradeCount": len(wins), "losingTradeCount": len(losses),
            "longTradeCount": sum(buy for buy, _, _ in account.trades)}
        self._same("counts of the statistics", {name: int(told[name]) for name in counts}, counts)
        amounts = {
            "grossProfit": sum(wins), "grossLoss": sum(losses), "netProfit": sum(results),
            "volume": sum(volume for _, volume, _ in account.trades), "swap": account.swaps, "commission": account.costs,
            "bestTrade": max(wins, default=0), "worstTrade": min(losses, default=0),
            "deposits": sum(flow for flow in account.flows if flow > 0),
            "withdrawals": sum(flow for flow in account.flows if flow < 0)}
        self._same("amounts of the statistics", {name: Decimal(told[name] or 0) for name in amounts}, amounts)
        days = {day["period"]: (int(day["tradeCount"]), *_decimals(day, "netProfit", "netDeposits", "closingBalance"))
                for day in told["days"]}
        self._same("days of the statistics", days, {
            name: (day.trades, day.net_profit, day.net_deposits, day.balance) for name, day in account.days.items()})


def _decimals(record: dict, *members: str) -> list[Decimal]:
    return [Decimal(record[member] or 0) for member in members]


@pytest.fixture(scope="module")
def quiet_suite(run_suite):
    with run_suite("reckoning", demo_world=False) as running:
        yield running


def test_everything_told_of_accounts_agrees_with_a_model_of_them(quiet_suite, seed):
    world = World(quiet_suite, random.Random(seed))
    with ThreadPoolExecutor(THREADS) as pool:
        while (left := DEALS - sum(trader.account.deals.total() for trader in world.traders)) > 0:
            list(pool.map(lambda trader: trader.act(STEPS), world.traders))
            world.move(night=left < DEALS_WITH_NIGHTS)
        # Every other account ends without positions.
        list(pool.map(lambda trader: trader.close_everything(), world.traders[::2]))
        problems = [problem for found in pool.map(lambda trader: Audit(world, trader).run(), world.traders) for problem in found]
    assert problems == []
    entries = Counter(key[2] for trader in world.traders for key in trader.account.deals.elements())
    print(f"{entries}; {Counter(key for trader in world.traders for key in trader.acted.elements())}")
    assert min(entries[entry] for entry in ("IN", "OUT", "IN_OUT", "OUT_BY")) > 0, entries
    assert all(any(key[part] for trader in world.traders for key in trader.account.deals) for part in (7, 8, 9)), "no costs"
