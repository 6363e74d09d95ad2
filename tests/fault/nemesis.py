"""What goes wrong in a kill test, as its seed says."""

import collections
import dataclasses
import random
import time

import suite as local
from sim import Sim

# The simulator may execute a command this long after its connection is gone; the settle window must be longer.
DELAY_MS_MAX = 1500
SETTLE_WINDOW = "4s"

FAULTS = (
    ("REFUSE", {"retcode": 10019}), ("DELAY_BEFORE", {}), ("DELAY_AFTER", {}), ("DROP_BEFORE", {}), ("DROP_AFTER", {}),
    ("CUT_BEFORE", {}), ("CUT_MID_FRAME", {}), ("STALL", {}), ("CORRUPT", {}), ("DUPLICATE_REPLY", {}), ("RESTART", {}),
)


@dataclasses.dataclass
class Strike:
    """One round's fault on the trading server, and the processes that are killed `delay` seconds later."""

    kind: str
    fields: dict
    victims: list[str]
    delay: float


class Nemesis:
    """`commands` are those of the trading server that faults hit; `service` is the one that callers' calls pass."""

    def __init__(self, suite: local.Suite, sim: Sim, commands: tuple[str, ...], service: local.Process):
        self._suite = suite
        self._sim = sim
        self._commands = commands
        self._processes = {"connector": suite.connector, service.name: service}
        self._kills = (["connector"], [service.name], ["connector", service.name], [])
        self.counts: collections.Counter = collections.Counter()

    def plan(self, rng: random.Random) -> Strike:
        """Everything random about a round is drawn here, so that a seed repeats it."""
        kind, fields = rng.choice(FAULTS)
        fields = fields | {"command": rng.choice(self._commands), "count": rng.randint(1, 2),
                           "delay_ms": rng.randint(10, DELAY_MS_MAX)}
        return Strike(kind, fields, rng.choice(self._kills), rng.uniform(0, 0.3))

    def strike(self, plan: Strike) -> None:
        self._sim.add_fault(plan.kind, **plan.fields)
        self.counts[plan.kind] += 1
        time.sleep(plan.delay)  # The moment of the kill is random on purpose.
        for name in plan.victims:
            self._processes[name].kill()
            self.counts[f"kill {name}"] += 1
        for name in plan.victims:
            self._suite.restart(self._processes[name])
