"""Trading over REST: orders and positions from placing to the history. What goes wrong is in the other files of trading.

BTCUSD is traded every day of the week, so these tests do not depend on when they run.
"""

import uuid
from decimal import Decimal

SYMBOL = "BTCUSD"


def market_price(rest, account, side: str = "BUY") -> Decimal:
    """What an order would trade at now."""
    answer = rest.post(f"{account}/orders:preview",
                       {"order": {"symbol": SYMBOL, "side": side, "type": "MARKET", "volume": "0.01"}})
    assert answer.status == 200, answer
    return Decimal(answer.body["price"])


def test_place_modify_partially_close_and_close(rest, account, place):
    opened = place(volume="0.30")
    assert opened.status == 200, opened
    assert (opened.body["state"], opened.body["filledVolume"]) == ("FILLED", "0.30")
    ticket = opened.body["positionTicket"]
    position = f"{account}/positions/{ticket}"

    price = Decimal(opened.body["price"])
    changed = rest.request("PATCH", position, {"stopLoss": str(price - 5000), "takeProfit": str(price + 5000)})
    assert changed.status == 200, changed
    assert (Decimal(changed.body["stopLoss"]), Decimal(changed.body["takeProfit"])) == (price - 5000, price + 5000)
    removed = rest.request("PATCH", position, {"takeProfit": ""})
    assert (removed.status, removed.body["takeProfit"]) == (200, ""), removed
    assert Decimal(removed.body["stopLoss"]) == price - 5000, "fields that are not in the body stay as they are"

    part = rest.post(f"{position}:close", {"volume": "0.10", "comment": "a third"})
    assert part.status == 200, part
    assert (part.body["side"], part.body["filledVolume"], part.body["remainingVolume"]) == ("SELL", "0.10", "0.20")
    assert rest.get(position).body["volume"] == "0.20"
    rest_of_it = rest.post(f"{position}:close", {})
    assert (rest_of_it.status, rest_of_it.body["remainingVolume"]) == (200, "0.00"), rest_of_it
    gone = rest.get(position)
    assert (gone.status, gone.reason) == (404, "POSITION_CLOSED"), gone

    closed = rest.get(f"{account}/closedPositions").body["closedPositions"]
    assert [(item["ticket"], item["volume"], item["dealCount"]) for item in closed] == [(ticket, "0.30", 3)]
    balance = Decimal(rest.get(account).body["balance"])
    assert Decimal("100000.00") + Decimal(closed[0]["netProfit"]) == balance
    history = rest.get(f"{account}/orderHistory").body["orders"]
    assert [order["state"] for order in history] == ["FILLED"] * 3


def test_an_order_waits_is_changed_and_cancelled(rest, account, place):
    price = market_price(rest, account)
    placed = place(type="LIMIT", price=str(price - 3000), stopLoss=str(price - 6000))
    assert (placed.status, placed.body["state"]) == (200, "PLACED"), placed
    order = f"{account}/orders/{placed.body['orderTicket']}"
    assert [item["ticket"] for item in rest.get(f"{account}/orders").body["orders"]] == [placed.body["orderTicket"]]
    changed = rest.request("PATCH", order, {"price": str(price - 4000)})
    assert changed.status == 200, changed
    assert Decimal(changed.body["price"]) == price - 4000
    assert Decimal(rest.get(order).body["stopLoss"]) == price - 6000
    cancelled = rest.request("DELETE", order)
    assert (cancelled.status, cancelled.body["state"]) == (200, "CANCELLED"), cancelled
    again = rest.request("DELETE", order)
    assert (again.status, again.reason, again.outcome) == (400, "ORDER_CANCELLED", "REJECTED"), again
    assert rest.get(f"{account}/orders").body["orders"] == []
    assert [item["state"] for item in rest.get(f"{account}/orderHistory").body["orders"]] == ["CANCELLED"]


def test_the_same_id_trades_once(rest, account, place):
    key = str(uuid.uuid4())
    body = {"order": {"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "volume": "0.10"}}
    first = rest.post(f"{account}/orders", body, Idempotency_Key=key)
    again = rest.post(f"{account}/orders", body, Idempotency_Key=key)
    assert (again.status, again.body) == (200, first.body)
    assert again.headers["operation-replayed"] == "true"
    assert len(rest.get(f"{account}/positions").body["positions"]) == 1
    other = rest.post(f"{account}/orders", {"order": body["order"] | {"volume": "0.20"}}, Idempotency_Key=key)
    assert (other.status, other.reason) == (409, "OPERATION_ID_REUSED")


def test_a_position_is_closed_by_an_opposite_one(rest, account, place):
    long = place(volume="0.30").body["positionTicket"]
    short = place(side="SELL", volume="0.10").body["positionTicket"]
    by = rest.post(f"{account}/positions/{long}:closeBy", {"oppositeTicket": short})
    assert by.status == 200, by
    left = rest.get(f"{account}/positions").body["positions"]
    assert [(item["ticket"], item["volume"]) for item in left] == [(long, "0.20")]


def test_all_positions_are_closed_each_on_its_own(rest, account, place):
    tickets = [place().body["positionTicket"] for _ in range(3)]
    sold = place(side="SELL").body["positionTicket"]
    key = str(uuid.uuid4())
    bought = rest.post(f"{account}/positions:closeAll", {"side": "BUY"}, Idempotency_Key=key)
    assert bought.status == 200, bought
    results = bought.body["results"]
    assert [result["positionTicket"] for result in results] == tickets
    assert [result["operationId"] for result in results] == [f"{key}.{ticket}" for ticket in tickets]
    assert all(result["trade"]["remainingVolume"] == "0.00" for result in results)
    assert [item["ticket"] for item in rest.get(f"{account}/positions").body["positions"]] == [sold]
    again = rest.post(f"{account}/positions:closeAll", {"side": "BUY"}, Idempotency_Key=key)
    assert again.body["results"] == []


def test_a_preview_tells_what_an_order_would_do(rest, account, place):
    price = market_price(rest, account)
    body = {"order": {"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "volume": "0.10",
                      "stopLoss": str(price - 1000)}, "closePrice": str(price + 1000)}
    preview = rest.post(f"{account}/orders:preview", body)
    assert preview.status == 200, preview
    assert preview.body["marginSufficient"] is True
    assert Decimal(preview.body["margin"]) > 0
    # 0.10 lots of one coin: near 100 dollars for 1000, as the price moves on meanwhile.
    assert 80 < Decimal(preview.body["profitAtClosePrice"]) < 120
    assert -120 < Decimal(preview.body["profitAtStopLoss"]) < -80
    assert rest.get(f"{account}/positions").body["positions"] == []


def test_dry_runs_change_nothing(rest, account, place):
    assert place({"validateOnly": True}).body["volume"] == "0.10"
    assert rest.get(f"{account}/positions").body["positions"] == []
    ticket = place().body["positionTicket"]
    position = f"{account}/positions/{ticket}"
    dry = rest.post(f"{position}:close", {"validateOnly": True})
    assert (dry.status, dry.body["volume"], dry.body["remainingVolume"]) == (200, "0.10", "0.00"), dry
    too_much = rest.post(f"{position}:close", {"volume": "0.20", "validateOnly": True})
    assert too_much.reason == "VOLUME_EXCEEDS_POSITION"
    assert rest.get(position).body["volume"] == "0.10"
