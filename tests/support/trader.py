"""Random trading on one account over REST, each step told to the account's model too."""

import random
import uuid
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from reckoning import ZERO, Account, Order, Position, Symbol, rounded
from rest import Answer, Rest

POSITIONS_MAX = 12
ORDERS_MAX = 4
SIDES = {True: "BUY", False: "SELL"}


class Trader:
    """`act` must not run while prices change."""

    def __init__(self, rest: Rest, path: str, account: Account, symbols: list[str], rng: random.Random):
        self.path, self.account = path, account
        self.acted: Counter = Counter()
        self._rest, self._rng = rest, rng
        self._symbols = [account.market.symbols[name] for name in symbols]
        # With weights; each returns whether there was something to do.
        self._steps: dict[Callable[[], bool], int] = {
            self._open: 40, self._close: 10, self._close_part: 16, self._close_by: 8, self._close_all: 1, self._set_stops: 10,
            self._place: 8, self._move_order: 3, self._cancel: 3, self._pay: 6}

    def act(self, steps: int) -> None:
        for _ in range(steps):
            for step in self._rng.choices(list(self._steps), list(self._steps.values()), k=20):
                if step():
                    self.acted[step.__name__] += 1
                    break

    def close_everything(self) -> None:
        self._close_matching({})

    def _send(self, method: str, path: str, body: dict | None = None) -> dict:
        """A mutation that must succeed; now and then it is sent twice, which must make no difference."""
        key = str(uuid.UUID(int=self._rng.getrandbits(128)))
        answer = self._call(method, path, body, key)
        if self._rng.random() < 0.05:
            again = self._call(method, path, body, key)
            assert again.headers["operation-replayed"] == "true", again
        return answer.body

    def _call(self, method: str, path: str, body: dict | None, key: str) -> Answer:
        answer = self._rest.request(method, self.path + path, body, Idempotency_Key=key)
        assert answer.status == 200, (method, path, body, answer)
        return answer

    def _some_position(self) -> Position | None:
        return self._rng.choice(list(self.account.positions.values())) if self.account.positions else None

    def _some_order(self) -> Order | None:
        return self._rng.choice(list(self.account.orders.values())) if self.account.orders else None

    def _volume(self, symbol: Symbol) -> Decimal:
        steps = self._rng.choice((0, 0, 1, 2, 4, 6, 9, 16, 29, 99))
        return symbol.smallest + steps * symbol.step

    def _distance(self, symbol: Symbol) -> Decimal:
        """Some moves of the market."""
        return self._rng.randint(2, 40) * rounded(self._price(symbol, buy=False) / 2500, symbol.digits)

    def _price(self, symbol: Symbol, buy: bool) -> Decimal:
        return self.account.market.price(symbol.name, buy)

    def _stops(self, symbol: Symbol, buy: bool) -> tuple[Decimal, Decimal]:
        """Stop loss and take profit, either zero for none."""
        price, sign = self._price(symbol, not buy), 1 if buy else -1
        loss = price - sign * self._distance(symbol) if self._rng.random() < 0.4 else ZERO
        gain = price + sign * self._distance(symbol) if self._rng.random() < 0.4 else ZERO
        return loss, gain

    def _open(self) -> bool:
        if len(self.account.positions) >= POSITIONS_MAX:
            return False
        symbol, buy = self._rng.choice(self._symbols), self._rng.random() < 0.5
        volume, stops = self._volume(symbol), self._stops(symbol, buy)
        trade = self._send("POST", "/orders", {"order": {
            "symbol": symbol.name, "side": SIDES[buy], "type": "MARKET", "volume": str(volume), "stopLoss": _text(stops[0]),
            "takeProfit": _text(stops[1])}})
        self._check(trade, buy, volume, self._price(symbol, buy))
        ticket = self.account.trade(int(trade["orderTicket"]), symbol, buy, volume, stops)
        assert int(trade["positionTicket"]) == ticket, trade
        return True

    def _close(self) -> bool:
        position = self._some_position()
        if position is not None:
            self._close_volume(position, position.volume, {})
        return position is not None

    def _close_part(self) -> bool:
        position = self._some_position()
        if position is None or position.volume <= position.symbol.smallest:
            return False
        volume = self._rng.randint(1, int(position.volume / position.symbol.step) - 1) * position.symbol.step
        self._close_volume(position, volume, {"volume": str(volume)})
        return True

    def _close_volume(self, position: Position, volume: Decimal, body: dict) -> None:
        trade = self._send("POST", f"/positions/{position.ticket}:close", body)
        self._check(trade, not position.buy, volume, self._price(position.symbol, not position.buy))
        assert Decimal(trade["remainingVolume"]) == position.volume - volume, trade
        self.account.close(position.ticket, volume)

    def _close_by(self) -> bool:
        position = self._some_position()
        if position is None or not self.account.hedging:
            return False
        opposites = [p for p in self.account.positions.values() if p.symbol is position.symbol and p.buy != position.buy]
        if not opposites:
            return False
        opposite = self._rng.choice(opposites)
        self._send("POST", f"/positions/{position.ticket}:closeBy", {"oppositeTicket": str(opposite.ticket)})
        self.account.close_by(position.ticket, opposite.ticket)
        return True

    def _close_all(self) -> bool:
        position = self._some_position()
        if position is not None:
            self._close_matching({"symbol": position.symbol.name, "side": SIDES[position.buy]})
        return position is not None

    def _close_matching(self, wanted: dict) -> None:
        results = self._rest.post(f"{self.path}/positions:closeAll", wanted).body["results"]
        closed = [int(result["positionTicket"]) for result in results if "trade" in result]
        assert len(closed) == len(results), results
        assert closed == sorted(p.ticket for p in self.account.positions.values()
                                if wanted.get("symbol", p.symbol.name) == p.symbol.name
                                and wanted.get("side", SIDES[p.buy]) == SIDES[p.buy])
        for ticket in closed:
            self.account.close(ticket)

    def _set_stops(self) -> bool:
        position = self._some_position()
        if position is None:
            return False
        position.stop_loss, position.take_profit = self._stops(position.symbol, position.buy)
        told = self._send("PATCH", f"/positions/{position.ticket}", {
            "stopLoss": _text(position.stop_loss), "takeProfit": _text(position.take_profit)})
        assert told["stopLoss"] == _text(position.stop_loss) and told["takeProfit"] == _text(position.take_profit), told
        return True

    def _order_price(self, symbol: Symbol, buy: bool, is_limit: bool) -> Decimal:
        away = self._distance(symbol)
        return self._price(symbol, buy) + (-away if buy == is_limit else away)

    def _place(self) -> bool:
        # On netting accounts the result would depend on which of a symbol's orders and stops comes first.
        if len(self.account.orders) >= ORDERS_MAX or not self.account.hedging:
            return False
        symbol, buy, is_limit = self._rng.choice(self._symbols), self._rng.random() < 0.5, self._rng.random() < 0.5
        order = Order(0, symbol, buy, is_limit, self._volume(symbol), self._order_price(symbol, buy, is_limit))
        placed = self._send("POST", "/orders", {"order": {
            "symbol": symbol.name, "side": SIDES[buy], "type": "LIMIT" if is_limit else "STOP", "volume": str(order.volume),
            "price": _text(order.price)}})
        order.ticket = int(placed["orderTicket"])
        self.account.orders[order.ticket] = order
        return True

    def _move_order(self) -> bool:
        order = self._some_order()
        if order is not None:
            order.price = self._order_price(order.symbol, order.buy, order.is_limit)
            told = self._send("PATCH", f"/orders/{order.ticket}", {"price": _text(order.price)})
            assert Decimal(told["price"]) == order.price, told
        return order is not None

    def _cancel(self) -> bool:
        order = self._some_order()
        if order is not None:
            assert self._send("DELETE", f"/orders/{order.ticket}")["state"] == "CANCELLED"
            self.account.cancel(order.ticket)
        return order is not None

    def _pay(self) -> bool:
        amount = Decimal(self._rng.randint(1, 99_999)).scaleb(-self.account.digits)
        deposit = self._rng.random() < 0.5
        self._send("POST", "/balanceOperations", {
            "balanceOperation": {"type": "DEPOSIT" if deposit else "WITHDRAWAL", "amount": str(amount)}})
        self.account.book(amount if deposit else -amount)
        return True

    def _check(self, trade: dict, buy: bool, volume: Decimal, price: Decimal) -> None:
        assert (trade["side"], trade["state"]) == (SIDES[buy], "FILLED"), trade
        assert (Decimal(trade["filledVolume"]), Decimal(trade["price"])) == (volume, price), trade


def _text(price: Decimal) -> str:
    return str(price) if price else ""
