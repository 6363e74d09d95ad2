"""Clients of the streams that keep what docs/streaming.md tells them to keep, and check every promise on the way."""

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable

from streams import Connection, Refused, Silent

# How a stream may end, and be tried again.
ENDS = {"SHUTTING_DOWN", "SLOW_CONSUMER", "SERVICE_UNAVAILABLE", "DIRECTORY_LOADING", "TOO_MANY_STREAMS", "RATE_LIMITED",
        "TRADE_SERVER_UNAVAILABLE", "TRADE_SERVER_TIMEOUT", "INTERNAL"}
RESETS = {"POSITION_EXPIRED", "POSITION_UNKNOWN", "SOURCE_RESET"}


class Follower(threading.Thread):
    """Follows one stream until `finish`, and until `calm` stalls and hangs up at random."""

    def __init__(self, name: str, open_stream: Callable, path: str, rng: random.Random):
        super().__init__(name=name, daemon=True)
        self.counts: Counter = Counter()
        self.problems: list[str] = []
        # Held while the state is being changed.
        self.lock = threading.Lock()
        self.complete = threading.Event()  # A snapshot has been complete.
        self.calm = threading.Event()
        self._open_stream, self._path, self._rng = open_stream, path, rng
        self._position: dict | None = None
        self._connection: Connection | None = None
        self._finished = threading.Event()
        self._disturbed_at = 0.0

    def finish(self) -> None:
        self._finished.set()
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.hang_up()
        self.join(30)

    def run(self) -> None:
        while not self._finished.is_set():
            try:
                with self._open_stream(self._path, self._position) as self._connection:
                    self.counts["connections"] += 1
                    self._follow(self._connection)
            except Refused as refused:
                self.counts["refused"] += 1
                if refused.status < 500 and refused.status != 429:
                    self._problem(f"refused for good: {refused}")
            except Silent:
                self._problem("no message and no heartbeat for too long")
            except OSError:
                self.counts["unreachable"] += 1
            except Exception as error:  # noqa: BLE001  (told to the test)
                self._problem(f"{error!r}")
                return
            self._connection = None
            self._finished.wait(self._rng.uniform(0.05, 0.3))

    def _follow(self, connection: Connection) -> None:
        self.begin()
        self._disturbed_at = time.monotonic() + self._rng.uniform(0.2, 3)
        ended = False
        for message in connection:
            if ended:
                self._problem(f"something came after the error: {message}")
            with self.lock:
                ended = self._take(message)
            if self._finished.is_set() or (time.monotonic() > self._disturbed_at and self._disturb()):
                return
        self.counts["broken off"] += not ended

    def _disturb(self) -> bool:
        """Whether to hang up; else nothing was read for a while."""
        if self.calm.is_set():
            return False
        self._disturbed_at = time.monotonic() + self._rng.uniform(0.2, 3)
        if self._rng.random() < 0.5:
            self.counts["hang-ups"] += 1
            return True
        self.counts["stalls"] += 1
        self._finished.wait(self._rng.uniform(0.1, 2))
        return False

    def _take(self, message: dict) -> bool:
        """Whether it is the last one."""
        position = message.get("position")
        if "error" in message:
            self.counts[f"ended by {message['error']['reason']}"] += 1
            if message["error"]["reason"] not in ENDS:
                self._problem(f"ended by {message}")
            return True
        if position is not None:
            self.check_position(message, self._position)
            self._position = position
        if "reset" in message:
            self.counts[f"reset {message['reset']['reason']}"] += 1
            if message["reset"]["reason"] not in RESETS:
                self._problem(f"a reset without a reason: {message}")
            self._position = None
            self.forget()
        elif "heartbeat" in message:
            self.counts["heartbeats"] += 1
        elif "snapshotEnd" in message:
            self.complete.set()
        else:
            self.take(message)
        return False

    def _problem(self, text: str) -> None:
        if len(self.problems) < 10:
            self.problems.append(f"{self.name}: {text}")

    # What differs between the streams.
    def begin(self) -> None:
        """A connection has been opened."""

    def forget(self) -> None:
        raise NotImplementedError

    def take(self, message: dict) -> None:
        """A part of a snapshot, or news."""
        raise NotImplementedError

    def check_position(self, message: dict, before: dict | None) -> None:
        """`before` is the position of the message before, on whatever connection."""


class EventFollower(Follower):
    """Knows open orders and positions, accounts, and the deals since its first snapshot."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.accounts: dict[str, dict] = {}
        self.orders: dict[str, dict] = {}
        self.positions: dict[str, dict] = {}
        self.deals: dict[str, dict] = {}
        self._previous = ""
        self._added = -1
        self._added_logins: set[str] = set()
        self._told_before: set[str] = set()  # Tickets of what an earlier connection told.

    def begin(self) -> None:
        self._previous = ""
        self._told_before = self.orders.keys() | self.positions.keys()
        if self._position is None:
            self.forget()

    def forget(self) -> None:
        self.accounts, self.orders, self.positions = {}, {}, {}

    def check_position(self, message: dict, before: dict | None) -> None:
        expected = {self._previous} if self._previous else {"0", (before or {}).get("sequence")}
        if message["previousSequence"] not in expected:
            self._problem(f"lost a message: after {self._previous} ({before}) came {message}")
        self._previous = message["position"]["sequence"]
        if before is not None and before["epoch"] != message["position"]["epoch"]:
            self._problem(f"another epoch without a reset: {before} {message}")
        elif before is not None and int(message["position"]["sequence"]) < int(before["sequence"]):
            self._problem(f"back from {before}: {message}")
        last = int((before or {"sequence": -1})["sequence"])
        for event in message.get("events", {}).get("events", []):
            # What follows the addition of an account has its number.
            if "accountAdded" in event:
                self._added = int(event["sequence"])
                self._added_logins.add(event["login"])
            if int(event["sequence"]) < last + (last != self._added):
                self._problem(f"after {last} came {event}")
            last = int(event["sequence"])
        # While more of an account follows, the position is the one before it.
        if "events" in message and last - int(self._previous) not in ({0, 1} if last == self._added else {0}):
            self._problem(f"the last of the events is {last}: {message['position']}")

    def take(self, message: dict) -> None:
        for account in message.get("snapshot", {}).get("accounts", []):
            self.accounts[account["login"]] = account
        for name in ("orders", "positions"):
            for record in message.get("snapshot", {}).get(name, []):
                getattr(self, name)[record["ticket"]] = record
        for event in message.get("events", {}).get("events", []):
            self.counts["events"] += 1
            (kind,) = event.keys() - {"sequence", "time", "login"}
            if self._is_known(kind, event):
                self.counts["known"] += 1
            else:
                self._apply(kind, event["login"], event[kind])

    def _is_known(self, kind: str, event: dict) -> bool:
        """Whether the record is newer than the event, as after a resumption that follows a snapshot closely."""
        records = self.orders if kind.startswith("order") else self.positions if kind.startswith("position") else {}
        ticket = event[kind].get("ticket")
        return (ticket in self._told_before and ticket in records
                and int(event["sequence"]) <= int(records[ticket]["revision"]))

    def _apply(self, kind: str, login: str, record: dict) -> None:
        ticket = record.get("ticket")
        if kind == "dealBooked":
            if ticket in self.deals:
                self._problem(f"deal {ticket} came twice")
            self.deals[ticket] = record
        elif kind == "accountRemoved":
            self._forget_account(login)
        elif kind == "accountAdded":
            self._forget_account(login)
            self.accounts[login] = record
        elif kind == "accountUpdated":
            self.accounts[login] = record
        elif kind == "orderDone":
            self.orders.pop(ticket, None)
        elif kind in ("orderPlaced", "orderUpdated"):
            self._check_known(kind, self.orders, record, kind == "orderUpdated")
            self.orders[ticket] = record
        elif kind == "positionClosed":
            self._check_known(kind, self.positions, record, True)
            self.positions.pop(ticket, None)
        elif kind in ("positionOpened", "positionUpdated"):
            self._check_known(kind, self.positions, record, kind == "positionUpdated")
            self.positions[ticket] = record
        else:
            self._problem(f"unknown event {kind}: {record}")

    def _forget_account(self, login: str) -> None:
        self.accounts.pop(login, None)
        for records in (self.orders, self.positions):
            for ticket in [ticket for ticket, record in records.items() if record["login"] == login]:
                del records[ticket]

    def _check_known(self, kind: str, records: dict[str, dict], record: dict, expected: bool) -> None:
        known = records.get(record["ticket"])
        # What closes was perhaps gone when all that its account has was told.
        if known is None and record["login"] in self._added_logins:
            return
        if (known is not None) != expected:
            self._problem(f"{kind} of a record that was {'unknown' if expected else f'known as {known}'}: {record}")
        elif known is not None and int(known["revision"]) > int(record["revision"]):
            self._problem(f"{kind} is older than what is known: {known} {record}")


class QuoteFollower(Follower):
    """Knows the last quote of each symbol."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.quotes: dict[str, dict] = {}

    def begin(self) -> None:
        if self._position is None:
            self.forget()

    def forget(self) -> None:
        self.quotes = {}

    def check_position(self, message: dict, before: dict | None) -> None:
        if before is not None and before["epoch"] != message["position"]["epoch"]:
            self._problem(f"another epoch without a reset: {before} {message}")
        elif before is not None and int(message["position"]["sequence"]) < int(before["sequence"]):
            self._problem(f"back from {before}: {message}")

    def take(self, message: dict) -> None:
        for quote in message.get("snapshot", {}).get("quotes", []):
            self.quotes[quote["symbol"]] = quote
        if "quotes" not in message:
            return
        skipped = {item["symbol"]: int(item["count"]) for item in message["quotes"]["skipped"]}
        for quote in message["quotes"]["quotes"]:
            self.counts["quotes"] += 1
            before = int(self.quotes.get(quote["symbol"], {"sequence": 0})["sequence"])
            left_out = skipped.pop(quote["symbol"], 0)
            self.counts["skipped"] += left_out
            if int(quote["sequence"]) != before + left_out + 1:
                self._problem(f"after {before} and {left_out} skipped came {quote}")
            self.quotes[quote["symbol"]] = quote
        if skipped:
            self._problem(f"skipped without a quote: {skipped}")
