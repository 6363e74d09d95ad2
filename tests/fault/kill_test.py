"""Mutations through the whole stack while everything goes wrong.

Callers deposit, or trade, over REST. Meanwhile mtsim refuses, delays, drops, cuts, corrupts and doubles answers and restarts, and
the connector and the service before it are killed with SIGKILL. Afterwards what the callers know must equal what the trading
server booked: nothing lost, nothing doubled, nothing unresolved.

    python3 tests/fault/kill_test.py --work trades --rounds 300 --seed 7

A round is a few callers at work, one fault and, most times, one kill. A failure prints the seed; the kinds of faults and kills
are the same again for it, their exact timing is the machine's.
"""

import argparse
import collections
import pathlib
import random
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "deploy/local"), str(ROOT / "tests/support")]

import suite as local  # noqa: E402
from intents import RESOLVE_SECONDS, Intent  # noqa: E402
from nemesis import SETTLE_WINDOW, Nemesis  # noqa: E402
from rest import Rest  # noqa: E402
from sim import Sim  # noqa: E402
from work import Deposits, Trades  # noqa: E402

ACCOUNTS = 8
CALLERS = 4
GROUP = "demo\\retail-usd"
OPENING_DEPOSIT = "1000000.00"
WORKS = {work.name: work for work in (Deposits(), Trades())}


class KillTest:
    def __init__(self, arguments: argparse.Namespace, state: pathlib.Path):
        self._work = WORKS[arguments.work]
        self._rounds = arguments.rounds
        self._rng = random.Random(arguments.seed)
        self._suite = local.Suite(local.Options(
            state=state, binaries=arguments.binaries, seed=arguments.seed, demo_world=False, settle_window=SETTLE_WINDOW,
            command_timeout="2s"))
        self.intents: list[Intent] = []
        self.counts: collections.Counter = collections.Counter()

    def run(self) -> list[str]:
        """Returns what is wrong; nothing when all is well."""
        self._suite.start()
        try:
            self._sim = Sim(f"127.0.0.1:{self._suite.mtsim.ports['port']}", self._suite.api_key)
            self._rest = Rest(self._suite.url, self._suite.api_key)
            seeded = self._sim.call("SeedAccounts", count=ACCOUNTS, group=GROUP, deposit=OPENING_DEPOSIT)
            self._logins = range(seeded.first_login, seeded.last_login + 1)
            self._seeded_deals = {deal.ticket for deal in self._sim.all_deals()}
            service = next(process for process in self._suite.processes if process.name == self._work.service)
            nemesis = Nemesis(self._suite, self._sim, self._work.commands, service)
            self.counts = nemesis.counts
            for number in range(self._rounds):
                self._round(nemesis)
                if (number + 1) % 10 == 0:
                    print(f"  round {number + 1} of {self._rounds}: {len(self.intents)} {self._work.name}, "
                          f"{self.calls} calls", flush=True)
            self._sim.call("ClearFaults")
            return self._verdict()
        finally:
            self._suite.stop()

    @property
    def calls(self) -> int:
        return sum(len(intent.answers) for intent in self.intents)

    def _round(self, nemesis: Nemesis) -> None:
        strike = nemesis.plan(self._rng)
        plans = [self._work.plan(random.Random(self._rng.getrandbits(64)), self._rng.choice(self._logins))
                 for _ in range(CALLERS)]
        give_up_at = time.monotonic() + RESOLVE_SECONDS
        failures: list[BaseException] = []

        def work(plan) -> None:
            try:
                for intent in plan:
                    self.intents.append(intent)
                    intent.carry_out(self._rest, give_up_at)
                    if intent.knowledge != "APPLIED":
                        return
            except BaseException as error:  # noqa: BLE001  (handed to the main thread)
                failures.append(error)

        threads = [threading.Thread(target=work, args=(plan,)) for plan in plans]
        for thread in threads:
            thread.start()
        nemesis.strike(strike)
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _verdict(self) -> list[str]:
        problems = [problem for intent in self.intents if (problem := intent.settle(self._rest))]
        deals = [deal for deal in self._sim.all_deals()
                 if deal.action in self._work.actions and deal.ticket not in self._seeded_deals]
        by_tag = collections.defaultdict(list)
        for deal in deals:
            by_tag[deal.comment[-12:]].append(deal.ticket)
        problems += [f"doubled: tag {tag} on deals {tickets}" for tag, tickets in by_tag.items() if len(tickets) > 1]
        by_ticket = {deal.ticket: deal for deal in deals}
        for intent in self.intents:
            if intent.state != "APPLIED":
                continue
            deal = by_ticket.pop(intent.ticket, None)
            if deal is None:
                problems.append(f"lost: {intent.operation_id} is APPLIED with deal {intent.ticket}, which does not exist")
            elif not self._work.is_trace(intent, deal):
                problems.append(f"{intent.operation_id} {intent.path} {intent.body} left another deal: {deal}")
        problems += [f"unaccounted: deal {deal.ticket} on {deal.login} ({deal.comment})" for deal in by_ticket.values()]
        problems += self._work.check_accounts(self._rest, self._logins, self.intents)
        return problems + [f"ERROR in a log: {line}" for line in self._suite.error_lines()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", choices=WORKS, default="deposits", help="what the callers do")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "bazel-bin")
    parser.add_argument("--state", type=pathlib.Path, help="keep state and logs here (default: a temporary folder)")
    arguments = parser.parse_args()
    print(f"kill test: {arguments.work}, {arguments.rounds} rounds, seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mtsuite-kill-") as temporary:
        test = KillTest(arguments, arguments.state or pathlib.Path(temporary))
        started = time.monotonic()
        problems = test.run()
    told = collections.Counter(intent.knowledge for intent in test.intents)
    print(f"{len(test.intents)} {arguments.work}, {test.calls} calls, {time.monotonic() - started:.0f} s; "
          f"told: {dict(told)}; struck: {dict(test.counts)}")
    for problem in problems[:50]:
        print(f"  {problem}")
    if problems:
        print(f"FAILED with {len(problems)} problems; again with: python3 tests/fault/kill_test.py --work {arguments.work} "
              f"--rounds {arguments.rounds} --seed {arguments.seed}")
        return 1
    print("0 lost, 0 doubled, 0 unconfirmed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
