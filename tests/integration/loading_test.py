"""A connector that has just started and cannot reach its trading server: what needs all accounts says so."""

import pytest
from rest import await_answer


@pytest.fixture
def starting(suite, rest, server, sim):
    sim.add_fault("REFUSE_CONNECTIONS")
    suite.connector.stop()
    suite.restart(suite.connector)
    await_answer(lambda: rest.get(server), lambda answer: answer.status == 200)
    yield
    sim.call("ClearFaults")
    await_answer(lambda: rest.get(server), lambda answer: answer.body.get("state") == "CONNECTED", seconds=60)
    for path in ("accounts", "positions", "quotes"):
        await_answer(lambda path=path: rest.get(f"{server}/{path}"), lambda answer: answer.status == 200)


def test_lists_of_a_whole_server_wait_for_its_accounts(rest, server, starting):
    for path in ("accounts", "orders", "positions", "events:stream?groupMask=*"):
        # The services find the new connector again within a second or two.
        answer = await_answer(lambda path=path: rest.get(f"{server}/{path}"),
                              lambda answer: answer.reason != "SERVICE_UNAVAILABLE")
        assert (answer.status, answer.reason, answer.outcome) == (503, "DIRECTORY_LOADING", ""), (path, answer)
        assert int(answer.headers["retry-after"]) >= 1, answer
