"""What happens between the API's check and the trade: dealers, moving prices, slow execution, lost answers."""

import time
import uuid
from decimal import Decimal

import pytest
from rest import await_answer
from trading import login_of, open_behind, truth, while_held

# Final codes of the platform that a dealer or the server may give, and the reasons that they stand for.
ALWAYS = {10006: "DEALER_REJECTED", 10017: "TRADE_DISABLED", 10018: "MARKET_CLOSED"}
WHEN_TRADING = {10004: "REQUOTE", 10014: "INVALID_VOLUME", 10015: "INVALID_PRICE", 10020: "PRICE_CHANGED", 10021: "OFF_QUOTES"}
PLACING = {10016: "INVALID_STOPS", 10019: "INSUFFICIENT_FREE_MARGIN", 10022: "INVALID_EXPIRATION",
           10030: "FILL_POLICY_NOT_ALLOWED", 10033: "TOO_MANY_ORDERS", 10034: "VOLUME_LIMIT_REACHED",
           10035: "ORDER_TYPE_NOT_ALLOWED", 10040: "TOO_MANY_POSITIONS", 10044: "DIRECTION_NOT_ALLOWED",
           10046: "HEDGING_PROHIBITED"}
FROZEN = {10028: "TRADE_FROZEN", 10029: "TRADE_FROZEN"}
CHANGING = {10015: "INVALID_PRICE", 10016: "INVALID_STOPS", 10021: "OFF_QUOTES"}
BUSY = {10036: "POSITION_CLOSED", 10039: "CLOSE_IN_PROGRESS"}
ANSWERS = {
    "place": ALWAYS | WHEN_TRADING | PLACING,
    "updateOrder": ALWAYS | FROZEN | CHANGING | {10022: "INVALID_EXPIRATION", 10023: "ORDER_CHANGED"},
    "cancel": ALWAYS | FROZEN | {10023: "ORDER_CHANGED"},
    "updatePosition": ALWAYS | FROZEN | CHANGING | {10036: "POSITION_CLOSED"},
    "close": ALWAYS | FROZEN | WHEN_TRADING | BUSY | {10038: "VOLUME_EXCEEDS_POSITION", 10045: "FIFO_REQUIRED"},
    "closeBy": ALWAYS | FROZEN | BUSY | {10021: "OFF_QUOTES", 10035: "ORDER_TYPE_NOT_ALLOWED"},
}


@pytest.mark.parametrize("operation", ANSWERS)
def test_what_a_dealer_refuses_has_a_reason_and_changes_nothing(rest, sim, market, account, place, operation):
    order = f"{account}/orders/{place(symbol='CALM', type='LIMIT', price='42000').body['orderTicket']}"
    long, short = open_behind(sim, account, "CALM"), open_behind(sim, account, "CALM", side="SELL")
    send = {
        "place": lambda: place(symbol="CALM"),
        "updateOrder": lambda: rest.request("PATCH", order, {"price": "41000"}),
        "cancel": lambda: rest.request("DELETE", order),
        "updatePosition": lambda: rest.request("PATCH", long, {"stopLoss": "41000"}),
        "close": lambda: rest.post(f"{long}:close", {}),
        "closeBy": lambda: rest.post(f"{long}:closeBy", {"oppositeTicket": short.rsplit("/", 1)[1]}),
    }[operation]
    before = truth(sim, account)
    for retcode, reason in ANSWERS[operation].items():
        sim.add_fault("TRADE_REJECT", login=login_of(account), retcode=retcode, count=1)
        answer = send()
        assert (answer.reason, answer.outcome) == (reason, "REJECTED"), (retcode, answer)
        assert answer.body["metadata"]["retcode"] == str(retcode), answer
        assert truth(sim, account) == before, retcode
    assert send().status == 200


@pytest.mark.parametrize(("symbol", "reason"), [("CALM", "PRICE_CHANGED"), ("INSTANT", "REQUOTE")])
def test_the_price_moves_while_a_trade_is_under_way(rest, sim, market, account, place, symbol, reason):
    position = open_behind(sim, account, symbol)
    before = truth(sim, account)
    for request in (lambda: place({"maxDeviationPoints": 100}, symbol=symbol),
                    lambda: rest.post(f"{position}:close", {"maxDeviationPoints": 100})):
        market.set_price(sim, symbol, market.BID)
        answer = while_held(sim, account, request, lambda: market.set_price(sim, symbol, market.BID + Decimal("1.01")))
        assert (answer.status, answer.reason, answer.outcome) == (409, reason, "REJECTED"), answer
    assert truth(sim, account) == before
    # Within what is allowed, the trade is done at the price of then.
    market.set_price(sim, symbol, market.BID)
    done = while_held(sim, account, lambda: place({"maxDeviationPoints": 100}, symbol=symbol),
                      lambda: market.set_price(sim, symbol, market.BID + 1))
    market.set_price(sim, symbol, market.BID)
    assert (done.status, done.body["price"]) == (200, "43011.00"), done


def test_a_part_is_filled(rest, sim, market, account, place):
    sim.add_fault("TRADE_PARTIAL_FILL", login=login_of(account), fill_percent=30)
    part = place(symbol="CALM", volume="1.00", fillPolicy="IMMEDIATE_OR_CANCEL")
    assert (part.status, part.body["state"], part.body["volume"], part.body["filledVolume"]) == (
        200, "PARTIALLY_FILLED", "1.00", "0.30"), part
    position = f"{account}/positions/{part.body['positionTicket']}"
    assert rest.get(position).body["volume"] == "0.30"
    before = truth(sim, account)
    whole = place(symbol="CALM", volume="1.00", fillPolicy="FILL_OR_KILL")
    assert (whole.reason, whole.outcome) == ("DEALER_REJECTED", "REJECTED"), whole
    assert truth(sim, account) == before


def test_a_price_that_is_too_old_is_none(rest, sim, market, account, place):
    market.set_price(sim, "STALE", market.BID)
    long, short = open_behind(sim, account, "STALE"), open_behind(sim, account, "STALE", side="SELL")
    before = truth(sim, account)
    old = time.monotonic() + 1.1
    while time.monotonic() < old:
        # Trades of other symbols are none of its business.
        place({"validateOnly": True}, symbol="CALM")
    for answer in (place(symbol="STALE"), rest.post(f"{long}:close", {}), rest.request("PATCH", long, {"stopLoss": "41000"}),
                   rest.post(f"{long}:closeBy", {"oppositeTicket": short.rsplit("/", 1)[1]})):
        assert (answer.reason, answer.outcome) == ("OFF_QUOTES", "REJECTED"), answer
    assert truth(sim, account) == before


def test_slow_execution_is_waited_for(rest, sim, market, account, place):
    delay = 0.3
    sim.add_fault("TRADE_DELAY", login=login_of(account), delay_ms=int(delay * 1000), count=1)
    began = time.monotonic()
    answer = place(symbol="CALM")
    assert (answer.status, answer.body["state"]) == (200, "FILLED"), answer
    assert time.monotonic() - began >= delay


def test_execution_that_is_slower_than_the_caller(rest, sim, market, account):
    key, body = str(uuid.uuid4()), {"order": {"symbol": "CALM", "side": "BUY", "type": "MARKET", "volume": "0.10"}}
    sim.add_fault("TRADE_DELAY", login=login_of(account), delay_ms=1500, count=1)
    first = rest.post(f"{account}/orders", body, Idempotency_Key=key, Request_Timeout="1")
    assert (first.status, first.reason, first.outcome) == (504, "OPERATION_UNCONFIRMED", "UNCONFIRMED"), first
    again = rest.post(f"{account}/orders", body, Idempotency_Key=key)
    assert (again.status, again.headers["operation-replayed"]) == (200, "true"), again
    positions = rest.get(f"{account}/positions").body["positions"]
    assert [position["ticket"] for position in positions] == [again.body["positionTicket"]]


@pytest.mark.parametrize(("kind", "command"), [
    ("DROP_AFTER", "DEALER_SEND"), ("DROP_AFTER", "DEALER_UPDATES"), ("CUT_MID_FRAME", "DEALER_SEND"),
])
def test_a_lost_reply_leaves_exactly_one_position(rest, sim, market, account, kind, command):
    key, body = str(uuid.uuid4()), {"order": {"symbol": "CALM", "side": "BUY", "type": "MARKET", "volume": "0.10"}}
    sim.add_fault(kind, command=command, count=1)
    first = rest.post(f"{account}/orders", body, Idempotency_Key=key, Request_Timeout="1")
    assert first.status == 200 or (first.status, first.outcome) == (504, "UNCONFIRMED"), first
    again = rest.post(f"{account}/orders", body, Idempotency_Key=key)
    assert (again.status, again.headers["operation-replayed"]) == (200, "true"), again
    (position,) = sim.call("ListPositions", login=login_of(account)).positions
    assert (str(position.ticket), Decimal(position.volume)) == (again.body["positionTicket"], Decimal("0.10"))
    # The connection, which may have been cut, is there again for the next test.
    closed = await_answer(lambda: rest.post(f"{account}/positions/{position.ticket}:close", {}),
                          lambda answer: answer.outcome != "NOT_SENT")
    assert closed.status == 200, closed


def test_somebody_closes_the_position_first(rest, sim, market, account):
    position = open_behind(sim, account, "CALM")
    ticket = int(position.rsplit("/", 1)[1])
    by_dealer = {"login": login_of(account), "ticket": ticket, "by_dealer": True}
    smaller = while_held(sim, account, lambda: rest.post(f"{position}:close", {}),
                         lambda: sim.call("ClosePosition", volume="0.04", **by_dealer))
    assert (smaller.reason, smaller.outcome) == ("VOLUME_EXCEEDS_POSITION", "REJECTED"), smaller
    closed = while_held(sim, account, lambda: rest.post(f"{position}:close", {}),
                        lambda: sim.call("ClosePosition", **by_dealer))
    assert (closed.reason, closed.outcome) == ("POSITION_CLOSED", "REJECTED"), closed
    assert rest.get(f"{account}/positions").body["positions"] == []
    (record,) = rest.get(f"{account}/closedPositions").body["closedPositions"]
    assert (record["ticket"], record["volume"]) == (str(ticket), "0.10")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_somebody_cancels_the_order_first(rest, sim, market, account, place, method):
    ticket = place(symbol="CALM", type="LIMIT", price="42000").body["orderTicket"]
    answer = while_held(sim, account, lambda: rest.request(method, f"{account}/orders/{ticket}",
                                                           {"price": "41000"} if method == "PATCH" else None),
                        lambda: sim.call("CancelOrder", login=login_of(account), ticket=int(ticket)))
    assert (answer.reason, answer.outcome) == ("ORDER_CHANGED", "REJECTED"), answer
    assert rest.get(f"{account}/orders/{ticket}").body["state"] == "CANCELLED"


def test_a_dealer_edits_a_position(rest, sim, market, account, place):
    ticket = place(symbol="CALM").body["positionTicket"]
    position = f"{account}/positions/{ticket}"
    sim.call("EditPosition", login=login_of(account), ticket=int(ticket), stop_loss="41000", volume="0.30",
             open_price="42500", comment="corrected")
    seen = rest.get(position).body
    assert (seen["stopLoss"], seen["volume"], seen["openPrice"], seen["comment"]) == (
        "41000.00", "0.30", "42500.00", "corrected"), seen
    # A change of the one stop leaves the dealer's; what is closed is what there is now.
    changed = rest.request("PATCH", position, {"takeProfit": "44000"})
    assert (changed.status, changed.body["stopLoss"], changed.body["takeProfit"]) == (200, "41000.00", "44000.00"), changed
    closed = rest.post(f"{position}:close", {})
    assert (closed.status, closed.body["filledVolume"], closed.body["remainingVolume"]) == (200, "0.30", "0.00"), closed
