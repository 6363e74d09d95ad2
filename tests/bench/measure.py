"""What the benchmarks of this folder share: runs a load generator, adds the CPU time of the processes under test, and makes
tables of the medians of several rounds."""

import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


class Child:
    """A program of this folder that prints its port and serves until it is stopped."""

    def __init__(self, *command: object):
        self._process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
        self.port = int(self._process.stdout.readline())

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()


class EchoChain:
    """`hops` echo servers, each asking the next."""

    def __init__(self, binaries: pathlib.Path, hops: int):
        self.children: list[Child] = []
        self.target = ""
        for _ in range(hops):
            self.children.append(Child(binaries / "tests/bench/echo_server", f"--forward={self.target}"))
            self.target = f"127.0.0.1:{self.children[-1].port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in self.children:
            child.__exit__()


def run_load(command: list) -> dict:
    """Runs a load generator and returns the JSON that it prints. What it says on stderr is passed on."""
    ran = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(ran.stdout)


class Calls:
    """Rows of closed loops of calls."""

    def __init__(self):
        self.rows: list[dict] = []

    def measure(self, name: str, concurrency: int | str, command: list, pids: dict[str, int]) -> None:
        """Runs the load, told as `concurrency` in the row. `pids` are the processes whose CPU time counts, by name."""
        before = {process: cpu_seconds(pid) for process, pid in pids.items()}
        result = run_load(command)
        # The warm-up's second is in the CPU time too, so it is divided by the calls of the whole run.
        calls = max(1, result["calls"] * (result["seconds"] + 1) / result["seconds"])
        cpu = {process: (cpu_seconds(pid) - before[process]) / calls * 1e6 for process, pid in pids.items()}
        self.rows.append({"name": name, "concurrency": concurrency, "cpu_us": sum(cpu.values()),
                          "cpu_us_by_process": cpu} | result)
        print(f"  {name}, {concurrency} at once: {result['per_second']:.0f}/s, p50 {result['p50_us']:.0f} us, "
              f"p99 {result['p99_us']:.0f} us, {result['errors']} errors", file=sys.stderr, flush=True)


def medians(rows: list[dict], keys: tuple[str, ...]) -> list[dict]:
    """One row for all with the same values of `keys`, in the order of their first: the median of each number."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    return [_median(group) for group in groups.values()]


def _median(rows: list[dict]) -> dict:
    first = rows[0]
    return {key: _median([row[key] for row in rows]) if isinstance(value, dict)
            else statistics.median(row[key] for row in rows) if isinstance(value, int | float)
            else value for key, value in first.items()}


def parts(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:,.0f}" for name, value in values.items())


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
