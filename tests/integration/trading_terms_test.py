"""Terms of symbols and groups that forbid a trade, each at a price that stands still: the documented reason, and the values
that tell what would be allowed."""

import pytest
from trading import open_behind, truth


@pytest.mark.parametrize(("symbol", "change", "reason", "told"), [
    # 50.00 away at least: from the bid, at which a purchase would be closed.
    ("FAR", {"stopLoss": "42950.01"}, "INVALID_STOPS", {"price": "43000", "stops_level_points": "5000"}),
    ("FAR", {"stopLoss": "43050"}, "INVALID_STOPS", {"stops_level_points": "5000"}),
    ("FAR", {"takeProfit": "43049.99"}, "INVALID_STOPS", {"stops_level_points": "5000"}),
    ("FAR", {"type": "LIMIT", "price": "42960.01"}, "INVALID_PRICE", {"bid": "43000", "ask": "43010"}),
    ("LIMITED", {"volume": "0.21"}, "VOLUME_LIMIT_REACHED", {"limit": "0.20"}),
    ("LONG", {"side": "SELL"}, "DIRECTION_NOT_ALLOWED", {"trade_mode": "LONG_ONLY"}),
    ("CLOSING", {}, "DIRECTION_NOT_ALLOWED", {"trade_mode": "CLOSE_ONLY"}),
    ("OFF", {}, "TRADE_DISABLED", {"for": "symbol"}),
    ("PLAIN", {"type": "LIMIT", "price": "1000"}, "ORDER_TYPE_NOT_ALLOWED", {"allowed": "MARKET"}),
    ("PLAIN", {"fillPolicy": "IMMEDIATE_OR_CANCEL"}, "FILL_POLICY_NOT_ALLOWED", {}),
    ("SHUT", {}, "MARKET_CLOSED", {"symbol": "SHUT"}),
    ("WAITING", {}, "OFF_QUOTES", {"symbol": "WAITING"}),
])
def test_an_order_that_the_symbol_does_not_take(rest, sim, market, account, place, symbol, change, reason, told):
    before = truth(sim, account)
    answer = place(symbol=symbol, **change)
    assert (answer.reason, answer.outcome) == (reason, "REJECTED"), answer
    assert answer.body["metadata"].items() >= told.items(), answer
    if reason == "MARKET_CLOSED":
        assert answer.body["metadata"]["next_open_time"].endswith(":00Z"), answer
    assert truth(sim, account) == before


def test_stops_and_prices_at_the_stops_level_are_taken(market, place):
    assert place(symbol="FAR", stopLoss="42950.00", takeProfit="43050.00").status == 200
    assert place(symbol="FAR", type="LIMIT", price="42960.00").status == 200


@pytest.mark.parametrize(("symbol", "change", "reason"), [
    ("LONG", {"side": "SELL"}, "DIRECTION_NOT_ALLOWED"),
    ("OFF", {}, "TRADE_DISABLED"),
    ("PLAIN", {"type": "LIMIT", "price": "1000"}, "ORDER_TYPE_NOT_ALLOWED"),
    ("PLAIN", {"fillPolicy": "IMMEDIATE_OR_CANCEL"}, "FILL_POLICY_NOT_ALLOWED"),
    ("WAITING", {}, "OFF_QUOTES"),
    ("ISLAND", {}, "CONVERSION_RATE_NOT_FOUND"),
])
def test_a_preview_of_an_order_that_the_symbol_does_not_take(rest, market, account, symbol, change, reason):
    order = {"symbol": symbol, "side": "BUY", "type": "MARKET", "volume": "0.10"} | change
    answer = rest.post(f"{account}/orders:preview", {"order": order})
    assert (answer.reason, answer.outcome) == (reason, ""), answer


def test_the_market_may_not_be_farther_away_than_the_caller_allows(rest, sim, market, account, place):
    before = truth(sim, account)
    for symbol in ("CALM", "INSTANT"):
        answer = place({"maxDeviationPoints": 999}, symbol=symbol, price="43000")
        assert (answer.status, answer.reason, answer.outcome) == (409, "PRICE_CHANGED", "REJECTED"), answer
        assert answer.body["metadata"].items() >= {"bid": "43000", "ask": "43010"}.items()
    assert truth(sim, account) == before
    assert place({"maxDeviationPoints": 1000}, symbol="CALM", price="43000").body["price"] == "43010.00"


@pytest.mark.parametrize(("symbol", "reason"), [
    ("SHUT", "MARKET_CLOSED"), ("WAITING", "OFF_QUOTES"), ("OFF", "TRADE_DISABLED"), ("FROZEN", "TRADE_FROZEN"),
    ("PLAIN", "ORDER_TYPE_NOT_ALLOWED"),
])
def test_positions_of_a_symbol_that_is_not_traded_now(rest, sim, market, account, symbol, reason):
    long = open_behind(sim, account, symbol, stop_loss="42000", take_profit="44000")
    short = open_behind(sim, account, symbol, side="SELL")
    before = truth(sim, account)
    answers = {
        "update": lambda: rest.request("PATCH", long, {"stopLoss": "41000"}),
        "close": lambda: rest.post(f"{long}:close", {}),
        "closeBy": lambda: rest.post(f"{long}:closeBy", {"oppositeTicket": short.rsplit("/", 1)[1]}),
    }
    for name in {"FROZEN": ["update"], "OFF": ["close"], "PLAIN": ["closeBy"]}.get(symbol, answers):
        answer = answers[name]()
        assert (answer.reason, answer.outcome) == (reason, "REJECTED"), (name, answer)
    assert truth(sim, account) == before


def test_an_order_near_the_market_is_frozen(rest, sim, market, account, place):
    order = f"{account}/orders/{place(symbol='FROZEN', type='LIMIT', price='42000').body['orderTicket']}"
    before = truth(sim, account)
    answer = rest.request("PATCH", order, {"price": "41000"})
    assert (answer.reason, answer.outcome) == ("TRADE_FROZEN", "REJECTED"), answer
    assert answer.body["metadata"]["freeze_level_points"] == "10000000"
    assert truth(sim, account) == before


def test_limits_and_rules_of_a_group(rest, sim, server, market, new_account, place):
    strict = f"{server}/accounts/{new_account(group=market.STRICT_GROUP, deposit='100000.00')}"
    positions = [place(to=strict, symbol="CALM").body["positionTicket"] for _ in range(2)]
    assert place(to=strict, symbol="CALM", type="LIMIT", price="42000").status == 200
    before = truth(sim, strict)
    for order, reason in (({}, "TOO_MANY_POSITIONS"), ({"side": "SELL"}, "HEDGING_PROHIBITED"),
                          ({"type": "LIMIT", "price": "42000"}, "TOO_MANY_ORDERS")):
        answer = place(to=strict, symbol="CALM", **order)
        assert (answer.reason, answer.outcome) == (reason, "REJECTED"), answer
    younger = rest.post(f"{strict}/positions/{positions[1]}:close", {})
    assert (younger.reason, younger.outcome) == ("FIFO_REQUIRED", "REJECTED"), younger
    assert truth(sim, strict) == before
    everything = rest.post(f"{strict}/positions:closeAll", {}).body["results"]
    assert [result["positionTicket"] for result in everything] == positions
    # They are closed at the same time, so the younger one may come first; the next call closes it.
    rest.post(f"{strict}/positions:closeAll", {})
    assert rest.get(f"{strict}/positions").body["positions"] == []
