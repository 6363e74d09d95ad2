"""mtsim through the eyes of pymt5pure, a Web API client that was written against real servers by somebody else."""

import hashlib
import json
import os
import pathlib
import secrets
import time

import administrator  # noqa: F401 - corrects how pymt5pure writes backslashes
import pytest
import suite as local
from pymt5pure import MT5Client
from pymt5pure.exceptions import ResponseError
from sim import Sim
from web_api import WholeReads

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "Passw0rd!"
MANAGER_LOGIN = 1000
READY_SECONDS = 30
ALL_TIME = {"FROM": 0, "TO": 4000000000}
# The capture of a real server's SYMBOL_NEXT has these members in this order; pymt5pure passes them on as they came.
SYMBOL_HEAD = ["Symbol", "Path", "ISIN", "CFI", "Category", "Exchange", "Description", "International", "Sector"]

# Its pinging thread does not expect that the connection ends.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
# Often enough that pings fall between commands, and that the client's thread ends soon after its connection.
MT5Client.ping_interval = 0.05


@pytest.fixture(autouse=True)
def no_faults_left():
    """Replaces the fixture of that name, which would start the whole suite."""


@pytest.fixture(scope="module")
def mtsim(tmp_path_factory):
    """One mtsim process without the rest of the suite: (its Web API's port, its control service)."""
    state = tmp_path_factory.mktemp("mtsim")
    for folder in ("config", "log", "run"):
        (state / folder).mkdir()
    secret = secrets.token_hex(22)[:43]
    (state / "keys.yaml").write_text(
        f"keys:\n  - id: test\n    sha256: {hashlib.sha256(secret.encode()).hexdigest()}\n    scopes: [sim.control]\n")
    password_file = state / "manager-password"
    password_file.touch(mode=0o600)
    password_file.write_text(PASSWORD + "\n")
    binaries = pathlib.Path(os.environ.get("MTSUITE_BINARIES", ROOT / "bazel-bin"))
    process = local.Process("mtsim", binaries / "services/mtsim/mtsim", state)
    process.config.write_text(f"""server: {{listen: "127.0.0.1:0", key_file: {state}/keys.yaml, port_file: {process.port_file}}}
mt5: {{listen: "127.0.0.1:0"}}
managers:
  - {{login: {MANAGER_LOGIN}, password_file: {password_file}}}
demo_world: true
""")
    process.spawn()
    process.await_ports(time.monotonic() + READY_SECONDS)
    yield process.ports["mt5_port"], Sim(f"127.0.0.1:{process.ports['port']}", f"mts_test_{secret}")
    process.stop()
    assert process.exit_code() == 0, process.log_tail()
    lines = [json.loads(line) for line in process.log.read_text().splitlines()]
    assert [line for line in lines if line["level"] == "error"] == []


@pytest.fixture(params=[True, False], ids=["aes", "plain"])
def client(request, mtsim):
    connected = MT5Client("127.0.0.1", mtsim[0], timeout=30, is_crypt=request.param)
    connected.connect(str(MANAGER_LOGIN), PASSWORD)
    connected.socket = WholeReads(connected.socket)
    yield connected
    # Sends QUIT unencrypted even in an encrypted session, which the server must survive.
    connected.disconnect()


def add_user(client, **overrides) -> int:
    parameters = {
        "LOGIN": 0, "PASS_MAIN": PASSWORD, "PASS_INVESTOR": PASSWORD, "GROUP": "demo\\retail-usd", "NAME": "Zoë Müller",
        "LEVERAGE": 100, "COUNTRY": "Österreich",
    } | overrides
    return int(client("USER_ADD", **parameters).params["LOGIN"])


def test_logs_in_and_knows_the_server(client):
    assert client.is_authorized
    assert client.version_access == client.version_trade
    assert abs(int(client("TIME_SERVER").params["TIME"].split(" ")[0]) - time.time()) < 15 * 3600


def test_refuses_a_wrong_password(mtsim):
    stranger = MT5Client("127.0.0.1", mtsim[0], timeout=30)
    # Its parser breaks at texts of several words, which is how a refusal shows.
    with pytest.raises((ResponseError, ValueError)):
        stranger.connect(str(MANAGER_LOGIN), "Wrong-Pass1")
    stranger.is_connected = False


def test_opens_changes_and_deletes_a_user(client):
    login = add_user(client)
    user = client("USER_GET", LOGIN=login).json
    assert (user["Name"], user["Country"], user["Leverage"], user["Balance"]) == ("Zoë Müller", "Österreich", "100", "0.00")
    assert client("USER_UPDATE", LOGIN=login, LEVERAGE=50).json["Leverage"] == "50"
    assert client("USER_PASS_CHECK", LOGIN=login, TYPE="MAIN", PASSWORD=PASSWORD).status_code == 0
    assert client("USER_DELETE", LOGIN=login).status_code == 0
    # The client cannot parse error texts of several words; these two are what it can make of them.
    with pytest.raises((ResponseError, ValueError)):
        client("USER_GET", LOGIN=login)


def test_books_money(client):
    login = add_user(client)
    deal = client("TRADE_BALANCE", LOGIN=login, TYPE=2, BALANCE="1000.50", COMMENT="first").params["TICKET"]
    assert client("USER_ACCOUNT_GET", LOGIN=login).json["Equity"] == "1000.50"
    (booked,) = client("DEAL_GET_PAGE", LOGIN=login, OFFSET=0, TOTAL=100, **ALL_TIME).json
    assert (booked["Deal"], booked["Profit"], booked["Action"], booked["Comment"]) == (deal, "1000.50", "2", "first")
    with pytest.raises((ResponseError, ValueError)):
        client("TRADE_BALANCE", LOGIN=login, TYPE=2, BALANCE="-1000.51")
    assert client("USER_ACCOUNT_GET", LOGIN=login).json["Balance"] == "1000.50"


def test_reads_symbols_and_ticks(client):
    total = int(client("SYMBOL_TOTAL").params["TOTAL"])
    symbols = [client("SYMBOL_NEXT", INDEX=index).json for index in range(total)]
    assert list(symbols[0])[:len(SYMBOL_HEAD)] == SYMBOL_HEAD
    assert [symbol["Symbol"] for symbol in symbols] == client("SYMBOL_LIST").json
    ticks = client("TICK_LAST", SYMBOL="EURUSD,XAUUSD")
    assert {tick["Symbol"] for tick in ticks.json} == {"EURUSD", "XAUUSD"}
    assert all(float(tick["Bid"]) <= float(tick["Ask"]) for tick in ticks.json)
    assert int(ticks.params["TRANS_ID"]) > 0


def test_reads_the_demo_world(client):
    logins = client("USER_LOGINS", GROUP="demo*").json
    assert len(logins) >= 12
    accounts = client("USER_ACCOUNT_GET_BATCH", LOGIN=",".join(logins[:12])).json
    assert all(float(account["Equity"]) > 0 for account in accounts)
    assert len(client("POSITION_GET_BATCH", GROUP="demo*").json) >= 8
    assert len(client("DEAL_GET_BATCH", LOGIN=logins[0], **ALL_TIME).json) > 50


def test_reads_answers_that_are_split(client, mtsim):
    _, sim = mtsim
    group = "real\\standard-usd" if client.is_crypt else "real\\standard-eur"
    sim.call("SeedAccounts", count=20_000, group=group)
    logins = client("USER_LOGINS", GROUP=group)
    assert len(logins.data) > 4 * 65_535
    assert len(set(logins.json)) == 20_000
    # The connection is still in step afterwards.
    assert client("USER_GET", LOGIN=logins.json[-1]).json["Login"] == logins.json[-1]


def test_survives_clients_that_leave_in_any_way(client, mtsim):
    for is_crypt in (True, False):
        other = MT5Client("127.0.0.1", mtsim[0], timeout=30, is_crypt=is_crypt)
        other.connect(str(MANAGER_LOGIN), PASSWORD)
        other.disconnect()
    assert client("TEST_ACCESS").status_code == 0
