"""What trading does to accounts, reckoned anew in exact decimals from the documented rules, for comparison.

The rules are the platform's formulas, the comments of the protos, and what services/mtsim/README.md and its engine's README say
of rounding, conversion, commissions and swaps. Nothing comes from the services: not their code, and not their results.
"""

import dataclasses
from collections import Counter, defaultdict
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
RATE_DIGITS = 12
STORED_DIGITS = 8
DAYS_OF_YEAR = 360
SATURDAY, SUNDAY = "SATURDAY", "SUNDAY"


def rounded(value: Decimal, digits: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Half away from zero, as the trading server does."""
    return value.quantize(Decimal(1).scaleb(-digits), rounding)


@dataclasses.dataclass
class Symbol:
    name: str
    folder: str
    base: str
    profit: str
    digits: int
    contract: Decimal
    step: Decimal
    smallest: Decimal
    is_forex: bool
    swap_mode: str  # POINTS or INTEREST_CURRENT.
    swaps: dict[bool, Decimal]  # By whether the position was bought.
    triple_day: str | None

    def nights(self, weekday: str) -> int:
        """How many nights are charged at the end of a day: the triple day stands for the weekend."""
        if self.triple_day is None:
            return 1
        return 3 if weekday == self.triple_day else int(weekday not in (SATURDAY, SUNDAY))


@dataclasses.dataclass
class Commission:
    """So much per lot of the symbols in a folder, in the account's currency, for every deal or for opening ones."""

    folder: str
    per_lot: Decimal
    entries_only: bool = False
    minimal: Decimal = ZERO
    is_fee: bool = False


class Market:
    """Prices as the test set them."""

    def __init__(self, symbols: list[Symbol]):
        self.symbols = {symbol.name: symbol for symbol in symbols}
        self.quotes: dict[str, tuple[Decimal, Decimal]] = {}
        self.day = ""

    def price(self, symbol: str, buy: bool) -> Decimal:
        bid, ask = self.quotes[symbol]
        return ask if buy else bid

    def rate(self, source: str, target: str, buy: bool) -> Decimal:
        """The direct pair, else the inverse one, else both by way of dollars."""
        if source == target:
            return Decimal(1)
        direct = self._pair(source, target, buy)
        if direct is not None:
            return direct
        return rounded(self._pair(source, "USD", buy) * self._pair("USD", target, buy), RATE_DIGITS)

    def _pair(self, source: str, target: str, buy: bool) -> Decimal | None:
        if source + target in self.quotes:
            return self.price(source + target, buy)
        if target + source in self.quotes:
            return rounded(1 / self.price(target + source, not buy), RATE_DIGITS)
        return None


@dataclasses.dataclass
class Life:
    """What a position has done from its first deal on."""

    buy: bool
    volume_in: Decimal = ZERO
    value_in: Decimal = ZERO
    volume_out: Decimal = ZERO
    value_out: Decimal = ZERO
    profit: Decimal = ZERO
    swap: Decimal = ZERO
    commission: Decimal = ZERO
    fee: Decimal = ZERO
    deals: int = 0


@dataclasses.dataclass
class Position:
    ticket: int
    symbol: Symbol
    buy: bool
    life: Life
    volume: Decimal = ZERO
    price: Decimal = ZERO
    stop_loss: Decimal = ZERO
    take_profit: Decimal = ZERO
    swap: Decimal = ZERO
    cost: Decimal = ZERO  # Commission and fee of the opening that no closing has taken its share of yet.


@dataclasses.dataclass
class Order:
    """One that waits."""

    ticket: int
    symbol: Symbol
    buy: bool
    is_limit: bool
    volume: Decimal
    price: Decimal

    def is_reached(self, market: Decimal) -> bool:
        return market <= self.price if self.buy == self.is_limit else market >= self.price


@dataclasses.dataclass
class Deal:
    entry: str
    buy: bool
    volume: Decimal
    price: Decimal
    profit: Decimal = ZERO
    swap: Decimal = ZERO


@dataclasses.dataclass
class Day:
    trades: int = 0
    net_profit: Decimal = ZERO
    net_deposits: Decimal = ZERO
    balance: Decimal = ZERO


class Account:
    """One account: every method is something that happens to it, at the market's prices of that moment."""

    def __init__(self, market: Market, currency: str, digits: int, hedging: bool, commissions: list[Commission]):
        self.market, self.currency, self.digits, self.hedging = market, currency, digits, hedging
        self._commissions = commissions
        self.balance = ZERO
        self.positions: dict[int, Position] = {}
        self.orders: dict[int, Order] = {}
        self.deals: Counter = Counter()
        self.closed: Counter = Counter()
        self.history: Counter = Counter()
        self.trades: list[tuple[bool, Decimal, Decimal]] = []  # Was it bought, volume, result.
        self.flows: list[Decimal] = []
        self.costs = self.swaps = ZERO
        self.days: dict[str, Day] = defaultdict(Day)

    def book(self, amount: Decimal) -> None:
        self.flows.append(amount)
        self.balance += amount
        self.deals[(0, "BALANCE", "ENTRY_UNSPECIFIED", "", ZERO, ZERO, amount, ZERO, ZERO, ZERO)] += 1
        self._today().net_deposits += amount

    def trade(self, ticket: int, symbol: Symbol, buy: bool, volume: Decimal, stops: tuple[Decimal, Decimal]) -> int:
        """An order that trades; returns the position's ticket."""
        self.history["FILLED"] += 1
        price = self.market.price(symbol.name, buy)
        held = None if self.hedging else next((p for p in self.positions.values() if p.symbol is symbol), None)
        if held is None:
            held = self.positions[ticket] = Position(ticket, symbol, buy, Life(buy), price=price)
        elif held.buy != buy:
            if volume > held.volume:
                self._reverse(held, volume, price, stops)
            else:
                self._leave(held, "OUT", volume, price)
            return held.ticket
        else:
            total = held.price * held.volume + price * volume
            held.price = rounded(total / (held.volume + volume), symbol.digits)
        held.stop_loss, held.take_profit = stops[0] or held.stop_loss, stops[1] or held.take_profit
        self._enter(held, volume, price, self._deal(held, Deal("IN", buy, volume, price)))
        return held.ticket

    def close(self, ticket: int, volume: Decimal | None = None) -> None:
        self.history["FILLED"] += 1
        position = self.positions[ticket]
        self._leave(position, "OUT", volume or position.volume, self.market.price(position.symbol.name, not position.buy))

    def close_by(self, ticket: int, opposite: int) -> None:
        """The first has the whole result; nothing is paid for it."""
        self.history["FILLED"] += 1
        first, second = self.positions[ticket], self.positions[opposite]
        volume, price = min(first.volume, second.volume), second.price
        self._leave(first, "OUT_BY", volume, price)
        self._leave(second, "OUT_BY", volume, price)

    def cancel(self, ticket: int) -> None:
        del self.orders[ticket]
        self.history["CANCELLED"] += 1

    def on_price(self, symbol: str) -> None:
        """Stops and waiting orders that the new price reaches trade at it."""
        for position in [p for p in self.positions.values() if p.symbol.name == symbol]:
            market = self.market.price(symbol, not position.buy)
            ahead = market if position.buy else -market
            stop, profit = (level if position.buy else -level for level in (position.stop_loss, position.take_profit))
            if (stop and ahead <= stop) or (profit and ahead >= profit):
                self.close(position.ticket)
        for order in [o for o in self.orders.values() if o.symbol.name == symbol]:
            if order.is_reached(self.market.price(symbol, order.buy)):
                del self.orders[order.ticket]
                self.trade(order.ticket, order.symbol, order.buy, order.volume, (ZERO, ZERO))

    def on_midnight(self, weekday: str) -> None:
        """Swaps of the night after `weekday`."""
        for position in self.positions.values():
            night = self._swap_of_night(position)
            position.swap += rounded(night * position.symbol.nights(weekday), self.digits)

    def floating(self) -> dict[int, Decimal]:
        """Profit of each open position, without swap."""
        return {ticket: self._profit(p, p.volume, self.market.price(p.symbol.name, not p.buy))
                for ticket, p in self.positions.items()}

    def _swap_of_night(self, position: Position) -> Decimal:
        symbol = position.symbol
        rate = self.market.rate(symbol.profit, self.currency, position.buy)
        lots = symbol.contract * position.volume
        if symbol.swap_mode == "POINTS":
            amount = lots * symbol.swaps[position.buy].scaleb(-symbol.digits)
        else:
            price = self.market.price(symbol.name, not position.buy)
            amount = rounded(lots * price * symbol.swaps[position.buy] / (100 * DAYS_OF_YEAR), STORED_DIGITS)
        return rounded(amount * rate, STORED_DIGITS)

    def _profit(self, position: Position, volume: Decimal, price: Decimal) -> Decimal:
        symbol = position.symbol
        move = price - position.price if position.buy else position.price - price
        if symbol.is_forex and symbol.base == self.currency != symbol.profit:
            rate = rounded(1 / price, RATE_DIGITS)
        else:
            rate = self.market.rate(symbol.profit, self.currency, position.buy)
        return rounded(move * symbol.contract * volume * rate, self.digits)

    def _share(self, amount: Decimal, part: Decimal, whole: Decimal, rounding: str) -> Decimal:
        return amount if part == whole else rounded(amount * part / whole, self.digits, rounding)

    def _leave(self, position: Position, entry: str, volume: Decimal, price: Decimal) -> None:
        # By an opposite position: its opening price is the price, and it has no result itself.
        profit = self._profit(position, volume, price)
        swap = self._share(position.swap, volume, position.volume, ROUND_HALF_UP)
        costs = self._deal(position, Deal(entry, not position.buy, volume, price, profit, swap))
        self._shrink(position, volume, price, (profit, swap, *costs))

    def _shrink(self, position: Position, volume: Decimal, price: Decimal, money: tuple[Decimal, ...]) -> None:
        profit, swap, commission, fee = money
        share = self._share(position.cost, volume, position.volume, ROUND_HALF_EVEN)
        self._count(position.buy, volume, sum(money) + share)
        position.cost -= share
        position.swap -= swap
        position.volume -= volume
        life = position.life
        life.volume_out += volume
        life.value_out += volume * price
        life.profit += profit
        life.swap += swap
        life.commission += commission
        life.fee += fee
        if not position.volume:
            del self.positions[position.ticket]
            self._end(position)

    def _reverse(self, position: Position, volume: Decimal, price: Decimal, stops: tuple[Decimal, Decimal]) -> None:
        """One deal closes what is there and opens the rest; its commission is shared by volume."""
        out, buy = position.volume, not position.buy
        profit, swap = self._profit(position, out, price), position.swap
        costs = self._deal(position, Deal("IN_OUT", buy, volume, price, profit, swap))
        closing = [self._share(cost, out, volume, ROUND_HALF_EVEN) for cost in costs]
        self._shrink(position, out, price, (profit, swap, *closing))
        opened = self.positions[position.ticket] = Position(
            position.ticket, position.symbol, buy, Life(buy, deals=1), price=price, stop_loss=stops[0], take_profit=stops[1])
        self._enter(opened, volume - out, price, (costs[0] - closing[0], costs[1] - closing[1]))

    def _enter(self, position: Position, volume: Decimal, price: Decimal, costs: tuple[Decimal, Decimal]) -> None:
        position.volume += volume
        position.cost += sum(costs)
        life = position.life
        life.volume_in += volume
        life.value_in += volume * price
        life.commission += costs[0]
        life.fee += costs[1]

    def _deal(self, position: Position, deal: Deal) -> tuple[Decimal, Decimal]:
        """Books it and returns its commission and fee."""
        commission, fee = costs = self._commission(position, deal)
        self.deals[(position.ticket, "BUY" if deal.buy else "SELL", deal.entry, position.symbol.name, deal.volume, deal.price,
                    deal.profit, deal.swap, commission, fee)] += 1
        self.balance += deal.profit + deal.swap + commission + fee
        self.costs += commission + fee
        self.swaps += deal.swap
        position.life.deals += 1
        self._today()
        return costs

    def _commission(self, position: Position, deal: Deal) -> tuple[Decimal, Decimal]:
        closing = {"IN": ZERO, "IN_OUT": position.volume}.get(deal.entry, deal.volume)
        paid = {False: ZERO, True: ZERO}
        for terms in self._commissions:
            volume = deal.volume - closing if terms.entries_only else deal.volume
            if volume and deal.entry != "OUT_BY" and position.symbol.folder == terms.folder:
                paid[terms.is_fee] -= rounded(max(terms.per_lot * volume, terms.minimal), self.digits)
        return paid[False], paid[True]

    def _count(self, buy: bool, volume: Decimal, result: Decimal) -> None:
        self.trades.append((buy, volume, result))
        self._today().trades += 1
        self._today().net_profit += result

    def _end(self, position: Position) -> None:
        life = position.life
        means = [rounded(value / volume, STORED_DIGITS, ROUND_HALF_EVEN)
                 for value, volume in ((life.value_in, life.volume_in), (life.value_out, life.volume_out))]
        money = (life.profit, life.swap, life.commission, life.fee)
        self.closed[(position.ticket, position.symbol.name, "BUY" if life.buy else "SELL", life.volume_out, *means, *money,
                     sum(money), life.deals)] += 1

    def _today(self) -> Day:
        day = self.days[self.market.day]
        day.balance = self.balance
        return day
