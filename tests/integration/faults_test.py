"""What a caller sees when the trading server misbehaves."""

import time
import uuid


def deposit(rest, server, login, amount="5.00", timeout="20", key=None):
    return rest.post(f"{server}/accounts/{login}/balanceOperations",
                     {"balanceOperation": {"type": "DEPOSIT", "amount": amount}},
                     Idempotency_Key=key or str(uuid.uuid4()), Request_Timeout=timeout)


def await_state(rest, server, state, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = rest.get(server).body["state"]
        if (seen == "CONNECTED") == (state == "CONNECTED"):
            return
        time.sleep(0.05)
    raise AssertionError(f"the server did not become {state}")


def test_a_lost_reply_is_found_again_within_the_callers_deadline(rest, server, sim, new_account):
    login = new_account()
    sim.add_fault("DROP_AFTER", command="TRADE_BALANCE", count=1)
    key = str(uuid.uuid4())
    first = deposit(rest, server, login, key=key)
    assert first.status in (200, 504), first
    again = deposit(rest, server, login, key=key)
    assert again.status == 200, again
    assert [deal.profit for deal in sim.call("ListDeals", login=login).deals] == ["5.00"]


def test_an_impatient_caller_is_told_that_the_outcome_is_open(rest, server, sim, new_account):
    login = new_account()
    sim.add_fault("DROP_AFTER", command="TRADE_BALANCE", count=1)
    key = str(uuid.uuid4())
    first = deposit(rest, server, login, key=key, timeout="1")
    assert (first.status, first.reason, first.outcome) == (504, "OPERATION_UNCONFIRMED", "UNCONFIRMED"), first
    assert first.headers["operation-id"] == key
    again = deposit(rest, server, login, key=key)
    assert (again.status, again.headers.get("operation-replayed")) == (200, "true"), again
    assert len(sim.call("ListDeals", login=login).deals) == 1


def test_a_command_that_never_arrived_is_not_applied_and_may_be_repeated(rest, server, sim, new_account):
    login = new_account()
    sim.add_fault("DROP_BEFORE", command="TRADE_BALANCE", count=1)
    key = str(uuid.uuid4())
    first = deposit(rest, server, login, key=key, timeout="1")
    assert (first.status, first.outcome) == (504, "UNCONFIRMED"), first
    deadline = time.monotonic() + 60
    while (state := rest.get(f"{server}/operations/{key}").body["state"]) in ("PENDING", "UNCONFIRMED"):
        assert time.monotonic() < deadline, state
        time.sleep(0.1)
    assert state == "NOT_APPLIED"
    assert deposit(rest, server, login, key=key).status == 200
    assert len(sim.call("ListDeals", login=login).deals) == 1


def test_a_trading_server_that_is_down(rest, server, sim, new_account):
    login = new_account()
    down = sim.add_fault("REFUSE_CONNECTIONS")
    sim.call("RestartServer")
    await_state(rest, server, "down")
    read = rest.get(f"{server}/accounts/{login}")
    assert (read.status, read.reason) == (503, "TRADE_SERVER_UNAVAILABLE"), read
    assert int(read.headers["retry-after"]) >= 1
    refused = deposit(rest, server, login)
    assert (refused.status, refused.reason, refused.outcome) == (503, "TRADE_SERVER_UNAVAILABLE", "NOT_SENT"), refused
    assert down.id > 0
    sim.call("ClearFaults")
    await_state(rest, server, "CONNECTED", seconds=60)
    assert deposit(rest, server, login).status == 200
    assert len(sim.call("ListDeals", login=login).deals) == 1


def test_corrupt_and_doubled_answers_do_no_harm(rest, server, sim, new_account):
    login = new_account()
    for kind in ("DUPLICATE_REPLY", "CORRUPT", "CUT_MID_FRAME"):
        sim.add_fault(kind, command="TRADE_BALANCE", count=1)
        key = str(uuid.uuid4())
        answer = deposit(rest, server, login, key=key)
        while answer.status == 504 or (answer.status == 503 and answer.outcome == "NOT_SENT"):
            answer = deposit(rest, server, login, key=key)
        assert answer.status == 200, (kind, answer)
    assert len(sim.call("ListDeals", login=login).deals) == 3
