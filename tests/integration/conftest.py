"""One suite for all integration tests: real processes, ports of the system's choice, state in a temporary folder."""

import contextlib
import os
import pathlib
import random
import sys
import time
import urllib.parse
import uuid
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "deploy/local"), str(ROOT / "tests/support")]

import market as special  # noqa: E402
import suite as local  # noqa: E402
from administrator import Administrator  # noqa: E402
from reasons import DocumentedReasons, reasons_in  # noqa: E402
from rest import Answer, Rest, await_answer  # noqa: E402
from sim import Sim  # noqa: E402

MAIN_PASSWORD = "Str0ng!pass"
INVESTOR_PASSWORD = "Inv3stor!pw"


@pytest.fixture(scope="session")
def run_suite(tmp_path_factory):
    """Runs suites, each with a state folder of its own: `with run_suite("name", demo_world=False) as suite`."""

    @contextlib.contextmanager
    def run(name: str, **options) -> Iterator[local.Suite]:
        binaries = pathlib.Path(os.environ.get("MTSUITE_BINARIES", ROOT / "bazel-bin"))
        running = local.Suite(local.Options(state=tmp_path_factory.mktemp(name), binaries=binaries, **options))
        try:
            running.start()
            yield running
        finally:
            running.stop()
        assert running.error_lines() == []

    return run


@pytest.fixture
def seed():
    """Of a random test. Shown when the test fails; MTSUITE_SEED repeats it."""
    drawn = int(os.environ.get("MTSUITE_SEED") or random.SystemRandom().randrange(2**31))
    print(f"repeat with MTSUITE_SEED={drawn}")
    return drawn


@pytest.fixture(scope="session")
def suite(run_suite):
    with run_suite("suite", settle_window="2s", command_timeout="3s") as running:
        yield running


@pytest.fixture(scope="session")
def rest(suite):
    return Rest(suite.url, suite.api_key)


@pytest.fixture(scope="session")
def documented(rest):
    return DocumentedReasons(rest.get("/openapi.json").body)


@pytest.fixture(scope="session")
def seen_reasons():
    """Names of operations to the reasons that they answered with so far."""
    return {}


@pytest.fixture(autouse=True)
def documented_reasons_only(documented, seen_reasons):
    """Fails a test when an operation answers with a reason that its comment in the proto does not name."""
    undocumented = []

    def check(method: str, path: str, answer: Answer) -> None:
        operation = documented.of(method, path)
        if operation is None:
            return
        name, allowed = operation
        for reason in reasons_in(answer.body):
            seen_reasons.setdefault(name, set()).add(reason)
            if reason not in allowed:
                undocumented.append(f"{name} answered {reason}: {answer.body}")

    Rest.on_answer = check
    yield
    Rest.on_answer = None
    assert undocumented == []


def pytest_collection_modifyitems(items):
    """What looks back at all answers comes last."""
    items.sort(key=lambda item: item.path.name == "reasons_test.py")


@pytest.fixture(scope="session")
def sim(suite):
    return Sim(f"127.0.0.1:{suite.mtsim.ports['port']}", suite.api_key)


@pytest.fixture(autouse=True)
def no_faults_left(sim):
    yield
    sim.call("ClearFaults")


@pytest.fixture(scope="session")
def server():
    return f"/v1/servers/{local.SERVER_ID}"


@pytest.fixture
def new_account(rest, server):
    """Opens accounts: `new_account(group=…, deposit="1000.00")` returns the login."""

    def make(deposit: str = "", **account) -> int:
        body = {
            "account": {"group": "demo\\retail-usd", "name": "Ann Smith", "leverage": 100} | account,
            "mainPassword": MAIN_PASSWORD, "investorPassword": INVESTOR_PASSWORD,
        }
        answer = rest.post(f"{server}/accounts", body)
        assert answer.status == 200, answer
        login = int(answer.body["login"])
        if deposit:
            booked = rest.post(f"{server}/accounts/{login}/balanceOperations",
                               {"balanceOperation": {"type": "DEPOSIT", "amount": deposit}})
            assert booked.status == 200, booked
        return login

    return make


@pytest.fixture(scope="session")
def administrator(suite):
    password = (suite.state / "secrets/manager-password").read_text().strip()
    return Administrator(suite.mtsim.ports["mt5_port"], local.MANAGER_LOGIN, password)


@pytest.fixture(scope="session")
def market(rest, server, sim, administrator):
    """Symbols and groups with terms of their own, whose prices stand still; see tests/support/market.py."""
    special.prepare(administrator, sim)
    # The services look at symbols and groups every few seconds.
    group = urllib.parse.quote(special.STRICT_GROUP)
    for path in (f"quotes/{special.LAST_SYMBOL}", f"symbols/{special.LAST_SYMBOL}?group={group}"):
        await_answer(lambda path=path: rest.get(f"{server}/{path}"), lambda answer: answer.status == 200)
    return special


@pytest.fixture
def account(server, new_account):
    """The path of a new account with enough money for any of the tests' trades."""
    return f"{server}/accounts/{new_account(deposit='100000.00')}"


@pytest.fixture
def place(rest, account):
    """Places an order: `place(side="SELL", volume="0.20")`; more of the request in `request`."""

    def send(request: dict | None = None, to: str = "", **order):
        body = {"order": {"symbol": "BTCUSD", "side": "BUY", "type": "MARKET", "volume": "0.10"} | order}
        return rest.post(f"{to or account}/orders", body | (request or {}))

    return send


@pytest.fixture
def make_key(suite):
    """Makes API keys: `make_key("reader", scopes="accounts.read", servers="other")` returns the key."""

    def make(name: str, scopes: str, servers: str = "") -> str:
        key = suite.apikey("create", f"--id={name}-{uuid.uuid4().hex[:8]}", f"--scopes={scopes}",
                           f"--file={suite.state}/keys.yaml", *([f"--servers={servers}"] if servers else []))
        # Services look at the file at most once a second.
        deadline = time.monotonic() + 10
        while Rest(suite.url, key).get("/v1/servers").status == 401 and time.monotonic() < deadline:
            time.sleep(0.05)
        return key

    return make
