"""Streams end to end while everything goes wrong: followers stall, hang up and lose the processes behind their streams.

In the end each follower's state is what REST lists, every deal came once, and nothing was left out without a word.
"""

import functools
import os
import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
import suite as local
from followers import EventFollower, Follower, QuoteFollower
from rest import Rest
from sim import Sim
from streams import server_sent_events, websocket

SECONDS = 120 if os.environ.get("MTSUITE_SOAK") else 8
SETTLE_SECONDS = 20
SERVER = f"/v1/servers/{local.SERVER_ID}"
GROUPS = ("demo\\retail-usd", "demo\\retail-eur", "demo\\netting-usd")
SYMBOLS = ("BTCUSD", "ETHUSD")  # Traded every day.
# What REST tells of a record now and an event told when it happened.
NOT_COMPARED = {"currentPrice", "profit", "revision"}
# Money moves with every deal and is not told as a change of the account.
ACCOUNT_MEMBERS = ("login", "group", "name", "leverage", "rights")


class Market:
    """A suite with random traders on it."""

    def __init__(self, suite: local.Suite):
        self.suite = suite
        self.rest = Rest(suite.url, suite.api_key)
        self.sim = Sim(f"127.0.0.1:{suite.mtsim.ports['port']}", suite.api_key)
        self.logins = [self._open_account(group) for group in GROUPS for _ in range(2)]
        # These come and go in the eyes of who follows a mask.
        self.moving = {str(login) for login in self.logins[:2]}

    def trade(self, login: int, rng: random.Random, until: float) -> None:
        """Whatever fails because a process is away has not happened, or will be seen; only what the server has counts."""
        while time.monotonic() < until:
            try:
                self._step(login, rng)
            except OSError:
                time.sleep(0.05)
            time.sleep(rng.uniform(0, 0.1))

    def get(self, path: str) -> dict:
        answer = self.rest.get(path)
        if answer.status != 200:
            raise OSError(f"{path} answered {answer}")
        return answer.body

    def listed(self, what: str) -> dict[str, dict]:
        """Records of all accounts by ticket, as REST lists them."""
        records = {}
        for login in self.logins:
            token = ""
            while True:
                page = self.get(f"{SERVER}/accounts/{login}/{what}?pageSize=1000&pageToken={token}")
                records |= {record["ticket"]: record for record in page[what]}
                token = page["nextPageToken"]
                if not token:
                    break
        return records

    def _open_account(self, group: str) -> int:
        opened = self.rest.post(f"{SERVER}/accounts", {
            "account": {"group": group, "name": "Ann Smith", "leverage": 100}, "mainPassword": "Str0ng!pass",
            "investorPassword": "Inv3stor!pw"})
        assert opened.status == 200, opened
        login = int(opened.body["login"])
        paid = self.rest.post(f"{SERVER}/accounts/{login}/balanceOperations", {
            "balanceOperation": {"type": "DEPOSIT", "amount": "10000000.00"}})
        assert paid.status == 200, paid
        return login

    def _step(self, login: int, rng: random.Random) -> None:
        account = f"{SERVER}/accounts/{login}"
        key = str(uuid.UUID(int=rng.getrandbits(128)))
        send = functools.partial(self.rest.request, Idempotency_Key=key, Request_Timeout="5")
        open_now = self.sim.call("ListPositions", login=login).positions
        waiting = self.sim.call("ListOrders", login=login).orders
        choice = rng.random()
        order = {"symbol": rng.choice(SYMBOLS), "side": rng.choice(("BUY", "SELL")), "volume": f"{rng.randint(2, 30) / 100:.2f}"}
        if choice < 0.3 or not open_now:
            send("POST", f"{account}/orders", {"order": order | {"type": "MARKET"}})
        elif choice < 0.45:
            send("POST", f"{account}/orders", {"order": order | {"symbol": "BTCUSD", "side": "BUY", "type": "LIMIT",
                                                                 "price": f"{rng.randint(20_000, 30_000)}"}})
        elif choice < 0.5 and waiting:
            send("PATCH", f"{account}/orders/{rng.choice(waiting).ticket}", {"price": f"{rng.randint(20_000, 30_000)}"})
        elif choice < 0.6 and waiting:
            send("DELETE", f"{account}/orders/{rng.choice(waiting).ticket}")
        elif choice < 0.65:
            group = {"group": rng.choice(("demo\\retail-usd", "real\\standard-usd"))} if str(login) in self.moving else {}
            send("PATCH", account, {"leverage": rng.choice((50, 100, 200))} | group)
        elif choice < 0.7:
            send("POST", f"{account}/balanceOperations", {"balanceOperation": {"type": "DEPOSIT", "amount": "1.00"}})
        elif choice < 0.8:
            self._behind_our_back(login, rng, open_now)
        elif choice < 0.83:
            send("POST", f"{account}/positions:closeAll", {"symbol": rng.choice(SYMBOLS)})
        else:
            position = rng.choice(open_now)
            part = {"volume": "0.01"} if rng.random() < 0.5 else {}
            send("POST", f"{account}/positions/{position.ticket}:close", part)

    def _behind_our_back(self, login: int, rng: random.Random, open_now: list) -> None:
        """As clients in their terminals and dealers do."""
        if rng.random() < 0.5:
            opened = self.sim.call("OpenPosition", login=login, symbol="BTCUSD", side=1, volume="0.05")
            if rng.random() < 0.5 and opened.volume == "0.05":
                self.sim.call("ClosePosition", login=login, ticket=opened.ticket)
        else:
            try:
                self.sim.call("EditPosition", login=login, ticket=rng.choice(open_now).ticket,
                              stop_loss=f"{rng.randint(1, 500)}", comment=f"edited {rng.randint(0, 99)}")
            except grpc.RpcError as error:
                # An order whose answer was lost may have closed it meanwhile.
                assert error.code() == grpc.StatusCode.NOT_FOUND, error


def start_followers(market: Market, rng: random.Random) -> tuple[list[EventFollower], list[QuoteFollower]]:
    url, key = market.suite.url, market.suite.api_key
    forms = [functools.partial(form, url, key) for form in (websocket, server_sent_events)]
    logins = ",".join(str(login) for login in market.logins)
    events = [EventFollower(f"events {number} {query}", forms[number % 2], f"{SERVER}/events:stream?{query}",
                            random.Random(rng.getrandbits(64)))
              for number, query in enumerate((f"logins={logins}",) * 2 + ("groupMask=demo%5C*",) * 2)]
    quotes = [QuoteFollower(f"quotes {number} {query}", forms[number % 2], f"{SERVER}/quotes:stream?{query}",
                            random.Random(rng.getrandbits(64)))
              for number, query in enumerate(("symbols=BTCUSD,ETHUSD", "symbols=BTCUSD,ETHUSD", "", ""))]
    for follower in [*events, *quotes]:
        follower.start()
    for follower in [*events, *quotes]:
        assert follower.complete.wait(SETTLE_SECONDS), f"{follower.name} had no snapshot: {follower.problems}"
    return events, quotes


def kill_processes(suite: local.Suite, rng: random.Random, until: float) -> list[str]:
    killed = []
    while time.monotonic() < until:
        time.sleep(rng.uniform(0.3, 1.5))  # The moment of the kill is random on purpose.
        process = rng.choice((suite.gateway, suite.orders, suite.quotes, suite.connector))
        process.kill()
        killed.append(process.name)
        time.sleep(rng.uniform(0, 0.5))
        suite.restart(process)
    return killed


def comparable(records: dict[str, dict]) -> dict[str, dict]:
    return {ticket: {name: value for name, value in record.items() if name not in NOT_COMPARED}
            for ticket, record in records.items()}


def differences(follower: Follower, what: str, kept: dict, listed: dict) -> list[str]:
    return [f"{follower.name} has of {what} {ticket}: {kept.get(ticket)}, REST has {listed.get(ticket)}"
            for ticket in sorted(kept.keys() | listed.keys()) if kept.get(ticket) != listed.get(ticket)]


def wrong_events(market: Market, follower: EventFollower, old_deals: set[str]) -> list[str]:
    """What differs between the follower's state and what REST lists."""
    by_mask = "groupMask" in follower.name
    accounts = {str(login): market.get(f"{SERVER}/accounts/{login}") for login in market.logins}
    told = {login for login, account in accounts.items() if not by_mask or account["group"].startswith("demo")}
    listed = {what: {ticket: record for ticket, record in market.listed(what).items() if record["login"] in told}
              for what in ("orders", "positions")}
    # Those of accounts that come and go are told only while they are there.
    left_out = market.moving if by_mask else set()
    deals = [{ticket: deal for ticket, deal in known.items() if ticket not in old_deals and deal["login"] not in left_out}
             for known in (follower.deals, market.listed("deals"))]
    with follower.lock:
        return [
            *differences(follower, "order", comparable(follower.orders), comparable(listed["orders"])),
            *differences(follower, "position", comparable(follower.positions), comparable(listed["positions"])),
            *differences(follower, "deal", *deals),
            *differences(follower, "account", *(
                {login: {name: record[name] for name in ACCOUNT_MEMBERS} for login, record in records.items()}
                for records in (follower.accounts, {login: accounts[login] for login in told})))]


def wrong_quotes(market: Market, follower: QuoteFollower) -> list[str]:
    page = market.get(f"{SERVER}/quotes{'?symbols=BTCUSD&symbols=ETHUSD' if 'BTCUSD' in follower.name else ''}")
    listed = {quote["symbol"]: quote for quote in page["quotes"]}
    with follower.lock:
        prices = [{symbol: (quote["bid"], quote["ask"], quote["time"]) for symbol, quote in quotes.items()}
                  for quotes in (follower.quotes, listed)]
    return differences(follower, "quote", *prices)


def settled(check, *arguments) -> list[str]:
    """What is still wrong when everything had time to arrive."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            wrong = check(*arguments)
        except OSError as error:
            wrong = [str(error)]
        if not wrong or time.monotonic() > deadline:
            return wrong
        time.sleep(0.1)


@pytest.fixture(scope="module")
def mortal_suite(run_suite):
    with run_suite("streams", demo_world=False, settle_window="2s", command_timeout="3s") as running:
        yield running


def test_followers_know_what_the_server_has(mortal_suite, seed):
    rng = random.Random(seed)
    market = Market(mortal_suite)
    old_deals = set(market.listed("deals"))
    events, quotes = start_followers(market, rng)
    until = time.monotonic() + SECONDS
    try:
        with ThreadPoolExecutor(len(market.logins)) as pool:
            trading = [pool.submit(market.trade, login, random.Random(rng.getrandbits(64)), until) for login in market.logins]
            killed = kill_processes(mortal_suite, rng, until)
            for trader in trading:
                trader.result()
        mortal_suite.await_ready()
        market.sim.call("SetFeed", running=False)
        for follower in [*events, *quotes]:
            follower.calm.set()
        problems = [problem for follower in events for problem in settled(wrong_events, market, follower, old_deals)]
        problems += [problem for follower in quotes for problem in settled(wrong_quotes, market, follower)]
    finally:
        for follower in [*events, *quotes]:
            follower.finish()
    for follower in [*events, *quotes]:
        print(follower.name, dict(follower.counts))
        problems += follower.problems
    print(f"killed {killed}; {len(market.listed('deals')) - len(old_deals)} deals")
    assert problems == [], "\n".join(problems)
    # The log of events outlives its process.
    assert not any(name.startswith("reset") for follower in events for name in follower.counts)
