"""GetAccount and deposits through REST and gRPC, beside bare gRPC echo servers, in one run on one machine.

    bazel build --config=bench //tests/bench/... //services/... //gateway
    python3 tests/bench/suite_bench.py

Prints a table and, with --json, one JSON line per row. CPU per call is what all server processes of the row together used,
load generator left out, divided by the calls that were answered.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "deploy/local"), str(ROOT / "tests/support")]

import suite as local  # noqa: E402
from sim import Sim  # noqa: E402

ACCOUNTS = 1000
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


class EchoChain:
    """`hops` echo servers, each asking the next."""

    def __init__(self, binaries: pathlib.Path, hops: int):
        self.children: list[subprocess.Popen] = []
        self.target = ""
        for _ in range(hops):
            child = subprocess.Popen([binaries / "tests/bench/echo_server", f"--forward={self.target}"],
                                     stdout=subprocess.PIPE, text=True)
            self.children.append(child)
            self.target = f"127.0.0.1:{child.stdout.readline().strip()}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in self.children:
            child.terminate()
            child.wait()


class Bench:
    def __init__(self, arguments: argparse.Namespace, suite: local.Suite, first_login: int):
        self._arguments = arguments
        self._suite = suite
        self._first_login = first_login
        self.rows: list[dict] = []

    def echo(self, hops: int, concurrency: int) -> None:
        with EchoChain(self._arguments.binaries, hops) as chain:
            self._grpc(f"echo, {hops} hop{'s' if hops > 1 else ''}", chain.target, "echo", concurrency,
                       {f"echo{number}": child.pid for number, child in enumerate(chain.children)})

    def grpc(self, call: str, concurrency: int) -> None:
        self._grpc(f"{call}, gRPC", f"127.0.0.1:{self._suite.accounts.ports['port']}", call, concurrency,
                   self._pids("accounts", "connector", "mtsim"))

    def rest(self, call: str, concurrency: int) -> None:
        self._measure(
            f"{call}, REST", concurrency,
            [self._arguments.binaries / "tests/bench/restload/restload", f"--url={self._suite.url}", f"--call={call}",
             f"--first-login={self._first_login}", f"--login-count={ACCOUNTS}",
             f"--key-file={self._suite.state / 'dev-api-key'}", f"--concurrency={concurrency}",
             f"--duration={self._arguments.seconds}s"],
            self._pids("gateway", "accounts", "connector", "mtsim"))

    def _grpc(self, name: str, target: str, call: str, concurrency: int, pids: dict[str, int]) -> None:
        self._measure(
            name, concurrency,
            [self._arguments.binaries / "tests/bench/grpc_load", f"--target={target}", f"--call={call}",
             f"--first_login={self._first_login}", f"--login_count={ACCOUNTS}",
             f"--key_file={self._suite.state / 'dev-api-key'}", f"--concurrency={concurrency}",
             f"--channels={min(4, concurrency)}", f"--duration={self._arguments.seconds}s"], pids)

    def _pids(self, *names: str) -> dict[str, int]:
        return {process.name: process.pid for process in self._suite.processes if process.name in names}

    def _measure(self, name: str, concurrency: int, command: list, pids: dict[str, int]) -> None:
        before = {process: cpu_seconds(pid) for process, pid in pids.items()}
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
        result = json.loads(ran.stdout)
        # The warm-up's second is in the CPU time too, so it is divided by the calls of the whole run.
        calls = max(1, result["calls"] * (result["seconds"] + 1) / result["seconds"])
        cpu = {process: (cpu_seconds(pid) - before[process]) / calls * 1e6 for process, pid in pids.items()}
        row = {"name": name, "concurrency": concurrency, "cpu_us": round(sum(cpu.values())),
               "cpu_us_by_process": {process: round(value) for process, value in cpu.items()}} | result
        self.rows.append(row)
        print(f"  {name}, {concurrency} at once: {row['per_second']}/s, p50 {row['p50_us']} us, p99 {row['p99_us']} us, "
              f"{row['errors']} errors {ran.stderr.strip()}", file=sys.stderr, flush=True)


def table(rows: list[dict]) -> str:
    lines = ["| what | at once | calls/s | p50 µs | p99 µs | CPU µs per call | of which |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        parts = ", ".join(f"{process} {value}" for process, value in row["cpu_us_by_process"].items())
        lines.append(f"| {row['name']} | {row['concurrency']} | {row['per_second']:,} | {row['p50_us']:,} | "
                     f"{row['p99_us']:,} | {row['cpu_us']} | {parts} |")
    return "\n".join(lines)


def ratios(rows: list[dict]) -> str:
    """A call passes accounts, connector and the trading server: three hops, two of them gRPC."""
    by_key = {(row["name"], row["concurrency"]): row for row in rows}
    lines = []
    for (name, concurrency), row in by_key.items():
        if not name.endswith(", gRPC"):
            continue
        for hops in (2, 3):
            chain = by_key[(f"echo, {hops} hops", concurrency)]
            lines.append(f"{name}, {concurrency} at once: {100 * row['per_second'] / chain['per_second']:.0f} % of the calls/s "
                         f"of {hops} echo hops, {row['p50_us'] - chain['p50_us']:+} us at p50, "
                         f"{row['p99_us'] - chain['p99_us']:+} us at p99")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "bazel-bin")
    parser.add_argument("--seconds", type=int, default=5, help="measured time per row")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 64])
    parser.add_argument("--json", action="store_true", help="also print one JSON line per row")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mtsuite-bench-") as state:
        suite = local.Suite(local.Options(state=pathlib.Path(state), binaries=arguments.binaries, demo_world=False,
                                          log_level="warning"))
        suite.start()
        try:
            sim = Sim(f"127.0.0.1:{suite.mtsim.ports['port']}", suite.api_key)
            seeded = sim.call("SeedAccounts", count=ACCOUNTS, group="demo\\retail-usd", deposit="10000.00")
            bench = Bench(arguments, suite, seeded.first_login)
            for concurrency in arguments.concurrency:
                for hops in (1, 2, 3):
                    bench.echo(hops, concurrency)
                for call in ("get_account", "deposit"):
                    bench.grpc(call, concurrency)
                    bench.rest(call, min(concurrency, 16))
        finally:
            suite.stop()
    print(table(bench.rows))
    print(ratios(bench.rows))
    if arguments.json:
        for row in bench.rows:
            print(json.dumps(row))


if __name__ == "__main__":
    main()
