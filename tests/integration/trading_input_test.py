"""Orders, changes and closings that the API refuses by itself: the documented reason, the field, REJECTED, nothing changed."""

import pytest
from trading import open_behind, truth

# What is wrong with an order, what the answer says, and which field it names.
BAD_ORDERS = [
    ({"volume": "0.001"}, "VOLUME_TOO_SMALL", "order.volume"),
    ({"volume": "1000"}, "VOLUME_TOO_LARGE", "order.volume"),
    ({"volume": "0.015"}, "VOLUME_STEP_MISMATCH", "order.volume"),
    ({"volume": "0"}, "FIELD_INVALID", "order.volume"),
    ({"volume": "-0.1"}, "FIELD_INVALID", "order.volume"),
    ({"volume": "1e1"}, "FIELD_INVALID", "order.volume"),
    ({"volume": ""}, "FIELD_REQUIRED", "order.volume"),
    ({"symbol": "NOSUCH"}, "SYMBOL_NOT_FOUND", "order.symbol"),
    ({"symbol": ""}, "FIELD_REQUIRED", "order.symbol"),
    ({"symbol": "X" * 65}, "FIELD_TOO_LONG", "order.symbol"),
    ({"side": "SIDE_UNSPECIFIED"}, "FIELD_REQUIRED", "order.side"),
    ({"type": "CLOSE_BY"}, "FIELD_INVALID", "order.type"),
    ({"stopLoss": "9000000"}, "INVALID_STOPS", "order.stopLoss"),
    ({"takeProfit": "1"}, "INVALID_STOPS", "order.takeProfit"),
    ({"type": "LIMIT"}, "INVALID_PRICE", "order.price"),
    ({"type": "LIMIT", "price": "9000000"}, "INVALID_PRICE", "order.price"),
    ({"type": "LIMIT", "price": "1000.123456"}, "INVALID_PRICE", "order.price"),
    ({"type": "LIMIT", "price": "1000", "triggerPrice": "1000"}, "INVALID_PRICE", "order.triggerPrice"),
    ({"type": "STOP_LIMIT", "price": "1000"}, "INVALID_PRICE", "order.triggerPrice"),
    ({"type": "STOP", "price": "9000000", "timeInForce": "GOOD_TILL_TIME"}, "INVALID_EXPIRATION", "order.expireTime"),
    ({"type": "STOP", "price": "9000000", "timeInForce": "GOOD_TILL_TIME", "expireTime": "2020-01-01T00:00:00Z"},
     "INVALID_EXPIRATION", "order.expireTime"),
    ({"timeInForce": "DAY"}, "INVALID_EXPIRATION", "order.timeInForce"),
    ({"comment": "1234567890123456789"}, "COMMENT_TOO_LONG", "order.comment"),
]


@pytest.mark.parametrize("preview", [False, True], ids=["place", "preview"])
@pytest.mark.parametrize(("change", "reason", "field"), BAD_ORDERS)
def test_a_bad_order(rest, sim, account, change, reason, field, preview):
    before = truth(sim, account)
    order = {"symbol": "BTCUSD", "side": "BUY", "type": "MARKET", "volume": "0.10"} | change
    answer = rest.post(f"{account}/orders{':preview' if preview else ''}", {"order": order})
    assert (answer.reason, answer.outcome) == (reason, "" if preview else "REJECTED"), answer
    assert answer.body["violations"][0]["field"] == field, answer
    assert truth(sim, account) == before


def test_an_order_without_the_money_for_it(rest, sim, server, new_account, place):
    poor = f"{server}/accounts/{new_account(deposit='1000.00')}"
    before = truth(sim, poor)
    for request in ({}, {"validateOnly": True}):
        answer = place(request, to=poor, volume="20")
        assert (answer.reason, answer.outcome) == ("INSUFFICIENT_FREE_MARGIN", "REJECTED"), answer
        assert answer.body["metadata"]["free_margin"] == "1000.00"
    assert truth(sim, poor) == before


@pytest.mark.parametrize("change", ["disable", "setReadOnly"])
def test_an_account_that_may_not_trade_can_still_close(rest, sim, account, place, change):
    open_position = open_behind(sim, account, "BTCUSD")
    assert rest.post(f"{account}:{change}", {}).status == 200
    before = truth(sim, account)
    for request in ({}, {"validateOnly": True}):
        answer = place(request)
        assert (answer.reason, answer.outcome) == ("TRADE_DISABLED", "REJECTED"), answer
        assert answer.body["metadata"]["for"] == "account"
    assert truth(sim, account) == before
    assert rest.post(f"{open_position}:close", {}).status == 200


@pytest.mark.parametrize(("change", "reason"), [
    ({"volume": "0.20"}, "FIELD_NOT_MUTABLE"),
    ({}, "UPDATE_MASK_INVALID"),
    ({"price": ""}, "INVALID_PRICE"),
    ({"price": "9000000"}, "INVALID_PRICE"),
    ({"price": "1000.123"}, "INVALID_PRICE"),
    ({"stopLoss": "9000000"}, "INVALID_STOPS"),
    ({"takeProfit": "1"}, "INVALID_STOPS"),
    ({"timeInForce": "GOOD_TILL_TIME"}, "INVALID_EXPIRATION"),
    ({"expireTime": "2020-01-01T00:00:00Z"}, "INVALID_EXPIRATION"),
])
def test_a_bad_change_of_an_order(rest, sim, account, place, change, reason):
    order = f"{account}/orders/{place(type='LIMIT', price='1000').body['orderTicket']}"
    before = truth(sim, account)
    answer = rest.request("PATCH", order, change)
    assert (answer.reason, answer.outcome) == (reason, "REJECTED"), answer
    assert answer.body["violations"], answer
    assert truth(sim, account) == before


@pytest.mark.parametrize(("change", "reason"), [
    ({"volume": "0.20"}, "FIELD_NOT_MUTABLE"),
    ({}, "UPDATE_MASK_INVALID"),
    ({"stopLoss": "9000000"}, "INVALID_STOPS"),
    ({"takeProfit": "1"}, "INVALID_STOPS"),
    ({"stopLoss": "1000.123"}, "INVALID_PRICE"),
])
def test_a_bad_change_of_a_position(rest, sim, account, change, reason):
    position = open_behind(sim, account, "BTCUSD")
    before = truth(sim, account)
    answer = rest.request("PATCH", position, change)
    assert (answer.reason, answer.outcome) == (reason, "REJECTED"), answer
    assert answer.body["violations"], answer
    assert truth(sim, account) == before


@pytest.mark.parametrize(("request_", "reason"), [
    ({"volume": "30.01"}, "VOLUME_EXCEEDS_POSITION"),
    # Of a position that a dealer made larger than one trade may be.
    ({"volume": "25"}, "VOLUME_TOO_LARGE"),
    ({"volume": "0.001"}, "VOLUME_TOO_SMALL"),
    ({"volume": "0.015"}, "VOLUME_STEP_MISMATCH"),
    ({"price": "43000.123"}, "INVALID_PRICE"),
    ({"price": "1", "maxDeviationPoints": 10}, "PRICE_CHANGED"),
    ({"comment": "1234567890123456789"}, "COMMENT_TOO_LONG"),
])
def test_a_bad_closing(rest, sim, account, request_, reason):
    position = open_behind(sim, account, "BTCUSD")
    sim.call("EditPosition", login=int(account.rsplit("/", 1)[1]), ticket=int(position.rsplit("/", 1)[1]), volume="30")
    before = truth(sim, account)
    for more in ({}, {"validateOnly": True}):
        answer = rest.post(f"{position}:close", request_ | more)
        assert (answer.reason, answer.outcome) == (reason, "REJECTED"), answer
    assert truth(sim, account) == before


def test_a_bad_pair(rest, sim, account):
    long, other = open_behind(sim, account, "BTCUSD"), open_behind(sim, account, "BTCUSD")
    before = truth(sim, account)
    for opposite, reason in ((other, "POSITIONS_NOT_OPPOSITE"), (long, "FIELD_INVALID"), ("/999999999", "POSITION_NOT_FOUND")):
        answer = rest.post(f"{long}:closeBy", {"oppositeTicket": opposite.rsplit("/", 1)[1]})
        assert (answer.reason, answer.outcome) == (reason, "REJECTED"), answer
    long_comment = rest.post(f"{long}:closeBy", {"oppositeTicket": 1, "comment": "1234567890123456789"})
    assert (long_comment.reason, long_comment.outcome) == ("COMMENT_TOO_LONG", "REJECTED"), long_comment
    assert truth(sim, account) == before


def test_closing_all_with_a_comment_that_is_too_long(rest, sim, account):
    open_behind(sim, account, "BTCUSD")
    before = truth(sim, account)
    answer = rest.post(f"{account}/positions:closeAll", {"comment": "1234567890123456789"})
    assert (answer.reason, answer.outcome) == ("COMMENT_TOO_LONG", "REJECTED"), answer
    assert truth(sim, account) == before


def test_orders_that_are_done_cannot_be_changed(rest, sim, account, place):
    filled = place().body["orderTicket"]
    cancelled = place(type="LIMIT", price="1000").body["orderTicket"]
    assert rest.request("DELETE", f"{account}/orders/{cancelled}").status == 200
    before = truth(sim, account)
    for ticket, reason in ((filled, "ORDER_FILLED"), (cancelled, "ORDER_CANCELLED"), (999999999, "ORDER_NOT_FOUND")):
        for method, body in (("PATCH", {"price": "1000"}), ("DELETE", None)):
            answer = rest.request(method, f"{account}/orders/{ticket}", body)
            assert (answer.reason, answer.outcome) == (reason, "REJECTED"), answer
            assert answer.body["metadata"]["ticket"] == str(ticket), answer
    assert truth(sim, account) == before


def test_positions_that_are_closed_cannot_be_changed(rest, sim, account, place):
    closed = place().body["positionTicket"]
    assert rest.post(f"{account}/positions/{closed}:close", {}).status == 200
    before = truth(sim, account)
    for ticket, reason in ((closed, "POSITION_CLOSED"), (999999999, "POSITION_NOT_FOUND")):
        position = f"{account}/positions/{ticket}"
        read = rest.get(position)
        assert (read.status, read.reason, read.outcome) == (404, reason, ""), read
        for answer in (rest.post(f"{position}:close", {}), rest.post(f"{position}:closeBy", {"oppositeTicket": 1}),
                       rest.request("PATCH", position, {"stopLoss": "1"})):
            assert (answer.reason, answer.outcome) == (reason, "REJECTED"), answer
    assert truth(sim, account) == before


@pytest.mark.parametrize(("method", "path", "body"), [
    ("GET", "orders", None),
    ("GET", "orders/1", None),
    ("GET", "orderHistory", None),
    ("GET", "positions", None),
    ("GET", "positions/1", None),
    ("GET", "closedPositions", None),
    ("POST", "orders", {"order": {"symbol": "BTCUSD", "side": "BUY", "type": "MARKET", "volume": "0.10"}}),
    ("POST", "orders:preview", {"order": {"symbol": "BTCUSD", "side": "BUY", "type": "MARKET", "volume": "0.10"}}),
    ("PATCH", "orders/1", {"price": "1"}),
    ("DELETE", "orders/1", None),
    ("PATCH", "positions/1", {"stopLoss": "1"}),
    ("POST", "positions/1:close", {}),
    ("POST", "positions/1:closeBy", {"oppositeTicket": 2}),
    ("POST", "positions:closeAll", {}),
])
def test_accounts_that_are_not_there(rest, server, method, path, body):
    answer = rest.request(method, f"{server}/accounts/999999/{path}", body)
    assert (answer.status, answer.reason) == (404, "ACCOUNT_NOT_FOUND"), answer
    assert answer.outcome == ("" if method == "GET" or path == "orders:preview" else "REJECTED"), answer
    assert answer.body["metadata"]["login"] == "999999", answer


MANY_LOGINS = "&".join(f"logins={login}" for login in range(1, 1002))
BACKWARDS = "startTime=2026-02-01T00:00:00Z&endTime=2026-01-01T00:00:00Z"


@pytest.mark.parametrize(("path", "reason"), [
    ("accounts/{login}/orders?pageToken=rubbish", "PAGE_TOKEN_INVALID"),
    ("accounts/{login}/orderHistory?pageToken=rubbish", "PAGE_TOKEN_INVALID"),
    ("accounts/{login}/positions?pageToken=rubbish", "PAGE_TOKEN_INVALID"),
    ("accounts/{login}/closedPositions?pageToken=rubbish", "PAGE_TOKEN_INVALID"),
    ("orders?pageToken=rubbish", "PAGE_TOKEN_INVALID"),
    ("positions?pageToken=rubbish", "PAGE_TOKEN_INVALID"),
    (f"accounts/{{login}}/orderHistory?{BACKWARDS}", "TIME_RANGE_INVALID"),
    (f"accounts/{{login}}/closedPositions?{BACKWARDS}", "TIME_RANGE_INVALID"),
    (f"orders?{MANY_LOGINS}", "BATCH_TOO_LARGE"),
    (f"positions?{MANY_LOGINS}", "BATCH_TOO_LARGE"),
    (f"events:stream?{MANY_LOGINS}", "BATCH_TOO_LARGE"),
    ("events:stream?logins=999999", "ACCOUNT_NOT_FOUND"),
    ("accounts/{login}/orders/999999999", "ORDER_NOT_FOUND"),
    ("accounts/{login}/positions/999999999", "POSITION_NOT_FOUND"),
    ("accounts/{login}/orders?symbol=" + "X" * 65, "FIELD_TOO_LONG"),
    ("positions?groupMask=" + "x" * 513, "FIELD_TOO_LONG"),
])
def test_reads(rest, server, new_account, path, reason):
    answer = rest.get(f"{server}/{path.format(login=new_account())}")
    assert (answer.reason, answer.outcome) == (reason, ""), answer
