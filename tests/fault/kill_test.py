"""Deposits through the whole stack while everything goes wrong.

Callers deposit over REST. Meanwhile mtsim refuses, delays, drops, cuts, corrupts and doubles answers and restarts, and the
connector and the accounts service are killed with SIGKILL. Afterwards what the callers know must equal what the trading server
booked: nothing lost, nothing doubled, nothing unresolved.

    python3 tests/fault/kill_test.py --rounds 300 --seed 7

A round is a few deposits, one fault and, most times, one kill. A failure prints the seed; the kinds of faults and kills are the
same again for it, their exact timing is the machine's.
"""

import argparse
import collections
import dataclasses
import decimal
import pathlib
import random
import sys
import tempfile
import threading
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "deploy/local"), str(ROOT / "tests/support")]

import suite as local  # noqa: E402
from rest import Rest  # noqa: E402
from sim import Sim  # noqa: E402

ACCOUNTS = 8
CALLERS = 4
GROUP = "demo\\retail-usd"
SERVER = f"/v1/servers/{local.SERVER_ID}"
# The simulator may execute a command this long after its connection is gone; the settle window must be longer.
DELAY_MS_MAX = 1500
SETTLE_WINDOW = "4s"
# An operation that is not resolved this long after the last fault counts as forever unconfirmed.
RESOLVE_SECONDS = 90


@dataclasses.dataclass
class Deposit:
    """One intended booking and what its caller was told."""

    operation_id: str
    login: int
    amount: decimal.Decimal
    patient: bool  # Repeats until told the outcome; the others ask GetOperation in the end.
    knowledge: str = "UNKNOWN"  # APPLIED, REJECTED, NOT_SENT or UNKNOWN
    ticket: int = 0
    answers: list[str] = dataclasses.field(default_factory=list)


class Caller:
    """Makes deposits, one at a time, until it knows what became of each."""

    def __init__(self, rest: Rest):
        self._rest = rest

    def deposit(self, deposit: Deposit, give_up_at: float) -> None:
        while True:
            self._try_once(deposit)
            if deposit.knowledge in ("APPLIED", "REJECTED") or not deposit.patient:
                return
            if time.monotonic() > give_up_at:
                return
            # A pause between tries, as a real caller would make; nothing is synchronised by it.
            time.sleep(0.05)

    def _try_once(self, deposit: Deposit) -> None:
        try:
            answer = self._rest.post(
                f"{SERVER}/accounts/{deposit.login}/balanceOperations",
                {"balanceOperation": {"type": "DEPOSIT", "amount": f"{deposit.amount:.2f}", "comment": "kill test"}},
                Idempotency_Key=deposit.operation_id, Request_Timeout="3")
        except OSError as error:
            deposit.answers.append(repr(error))
            return
        deposit.answers.append(f"{answer.status} {answer.reason} {answer.outcome}")
        if answer.status == 200:
            deposit.knowledge, deposit.ticket = "APPLIED", int(answer.body["ticket"])
        elif answer.outcome == "REJECTED":
            deposit.knowledge = "REJECTED"
        elif answer.outcome == "NOT_SENT":
            deposit.knowledge = "NOT_SENT"
        elif answer.outcome == "UNCONFIRMED":
            deposit.knowledge = "UNKNOWN"
        else:
            raise AssertionError(f"an error without an outcome: {answer.status} {answer.body}")


class Nemesis:
    """Breaks things, as its seed says."""

    FAULTS = (
        ("REFUSE", {"retcode": 10019}), ("DELAY_BEFORE", {}), ("DELAY_AFTER", {}), ("DROP_BEFORE", {}), ("DROP_AFTER", {}),
        ("CUT_BEFORE", {}), ("CUT_MID_FRAME", {}), ("STALL", {}), ("CORRUPT", {}), ("DUPLICATE_REPLY", {}), ("RESTART", {}),
    )
    KILLS = ("connector", "accounts", "both", "none")

    def __init__(self, suite: local.Suite, sim: Sim, rng: random.Random):
        self._suite = suite
        self._sim = sim
        self._rng = rng
        self.counts: collections.Counter = collections.Counter()

    def plan_round(self) -> tuple[str, dict, str, float]:
        """What this round's fault and kill are; drawn in one place so that a seed repeats them."""
        kind, fields = self._rng.choice(self.FAULTS)
        fields = fields | {"command": "TRADE_BALANCE", "count": self._rng.randint(1, 2),
                           "delay_ms": self._rng.randint(10, DELAY_MS_MAX)}
        return kind, fields, self._rng.choice(self.KILLS), self._rng.uniform(0, 0.3)

    def strike(self, kind: str, fields: dict, kill: str, delay: float) -> None:
        self._sim.add_fault(kind, **fields)
        self.counts[kind] += 1
        time.sleep(delay)  # The moment of the kill is random on purpose.
        victims = {"connector": [self._suite.connector], "accounts": [self._suite.accounts],
                   "both": [self._suite.connector, self._suite.accounts], "none": []}[kill]
        for victim in victims:
            victim.kill()
            self.counts[f"kill {victim.name}"] += 1
        for victim in victims:
            self._suite.restart(victim)


class KillTest:
    def __init__(self, rounds: int, seed: int, state: pathlib.Path, binaries: pathlib.Path):
        self._rounds = rounds
        self._rng = random.Random(seed)
        self._suite = local.Suite(local.Options(
            state=state, binaries=binaries, seed=seed, demo_world=False, settle_window=SETTLE_WINDOW,
            command_timeout="2s"))
        self.deposits: list[Deposit] = []
        self.counts: collections.Counter = collections.Counter()

    def run(self) -> list[str]:
        """Returns what is wrong; nothing when all is well."""
        self._suite.start()
        try:
            self._sim = Sim(f"127.0.0.1:{self._suite.mtsim.ports['port']}", self._suite.api_key)
            self._rest = Rest(self._suite.url, self._suite.api_key)
            seeded = self._sim.call("SeedAccounts", count=ACCOUNTS, group=GROUP)
            self._logins = range(seeded.first_login, seeded.last_login + 1)
            nemesis = Nemesis(self._suite, self._sim, self._rng)
            self.counts = nemesis.counts
            for number in range(self._rounds):
                self._round(nemesis)
                if (number + 1) % 10 == 0:
                    print(f"  round {number + 1} of {self._rounds}: {len(self.deposits)} deposits, "
                          f"{sum(len(d.answers) for d in self.deposits)} calls", flush=True)
            self._sim.call("ClearFaults")
            return self._verdict()
        finally:
            self._suite.stop()

    def _round(self, nemesis: Nemesis) -> None:
        plan = nemesis.plan_round()
        batch = [self._new_deposit() for _ in range(CALLERS)]
        self.deposits += batch
        give_up_at = time.monotonic() + RESOLVE_SECONDS
        failures: list[BaseException] = []

        def work(deposit: Deposit) -> None:
            try:
                Caller(self._rest).deposit(deposit, give_up_at)
            except BaseException as error:  # noqa: BLE001: handed to the main thread
                failures.append(error)

        threads = [threading.Thread(target=work, args=(deposit,)) for deposit in batch]
        for thread in threads:
            thread.start()
        nemesis.strike(*plan)
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _new_deposit(self) -> Deposit:
        return Deposit(operation_id=str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
                       login=self._rng.choice(self._logins), amount=decimal.Decimal(self._rng.randint(1, 100_000)) / 100,
                       patient=self._rng.random() < 0.8)

    def _verdict(self) -> list[str]:
        problems = []
        states = {deposit.operation_id: self._final_state(deposit, problems) for deposit in self.deposits}
        deals = [deal for deal in self._sim.all_deals() if deal.action == 2]
        by_tag = collections.defaultdict(list)
        for deal in deals:
            by_tag[deal.comment[-12:]].append(deal)
        for tag, same in by_tag.items():
            if len(same) > 1:
                problems.append(f"doubled: tag {tag} on deals {[deal.ticket for deal in same]}")
        by_ticket = {deal.ticket: deal for deal in deals}
        for deposit in self.deposits:
            state, ticket = states[deposit.operation_id]
            if deposit.knowledge == "APPLIED" and (state, ticket) != ("APPLIED", deposit.ticket):
                problems.append(f"the caller of {deposit.operation_id} was told deal {deposit.ticket}, "
                                f"the operation is {state} {ticket}")
            if deposit.knowledge == "REJECTED" and state == "APPLIED":
                problems.append(f"{deposit.operation_id} was rejected to its caller, but is booked as {ticket}")
            if state == "APPLIED":
                deal = by_ticket.pop(ticket, None)
                if deal is None:
                    problems.append(f"lost: {deposit.operation_id} is APPLIED with deal {ticket}, which does not exist")
                elif (deal.login, decimal.Decimal(deal.profit)) != (deposit.login, deposit.amount):
                    problems.append(f"{deposit.operation_id}: deal {ticket} books {deal.profit} on {deal.login}")
        problems += [f"unaccounted: deal {deal.ticket} of {deal.profit} on {deal.login} ({deal.comment})"
                     for deal in by_ticket.values()]
        problems += [f"ERROR in a log: {line}" for line in self._suite.error_lines()]
        return problems

    def _final_state(self, deposit: Deposit, problems: list[str]) -> tuple[str, int]:
        """What GetOperation says once it is final: APPLIED with a ticket, or that nothing was booked."""
        deadline = time.monotonic() + RESOLVE_SECONDS
        while time.monotonic() < deadline:
            answer = self._rest.get(f"{SERVER}/operations/{deposit.operation_id}")
            if answer.status == 404 and answer.reason == "OPERATION_NOT_FOUND":
                return "NOT_FOUND", 0
            state = answer.body.get("state", "")
            if state == "APPLIED":
                return state, int(answer.body["balanceOperation"]["ticket"])
            if state in ("REJECTED", "NOT_APPLIED"):
                return state, 0
            time.sleep(0.1)
        problems.append(f"forever unconfirmed: {deposit.operation_id}; answers: {deposit.answers[-5:]}")
        return "UNCONFIRMED", 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "bazel-bin")
    parser.add_argument("--state", type=pathlib.Path, help="keep state and logs here (default: a temporary folder)")
    arguments = parser.parse_args()
    print(f"kill test: {arguments.rounds} rounds, seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mtsuite-kill-") as temporary:
        test = KillTest(arguments.rounds, arguments.seed, arguments.state or pathlib.Path(temporary), arguments.binaries)
        started = time.monotonic()
        problems = test.run()
    told = collections.Counter(deposit.knowledge for deposit in test.deposits)
    print(f"{len(test.deposits)} deposits, {sum(len(d.answers) for d in test.deposits)} calls, "
          f"{time.monotonic() - started:.0f} s; told: {dict(told)}; struck: {dict(test.counts)}")
    for problem in problems[:50]:
        print(f"  {problem}")
    if problems:
        print(f"FAILED with {len(problems)} problems; again with: python3 tests/fault/kill_test.py "
              f"--rounds {arguments.rounds} --seed {arguments.seed}")
        return 1
    print("0 lost, 0 doubled, 0 unconfirmed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
