"""GetAccount and deposits through REST and gRPC, beside bare gRPC echo servers, in one run on one machine.

    bazel build --config=bench //tests/bench/... //services/... //gateway //tools/apikey
    .tools/venv/bin/python tests/bench/suite_bench.py

Prints a table and, with --json, one JSON line per row. CPU per call is what all server processes of the row together used,
load generator left out, divided by the calls that were answered.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import measure

sys.path[:0] = [str(measure.ROOT / "deploy/local"), str(measure.ROOT / "tests/support")]

import suite as local  # noqa: E402
from sim import Sim  # noqa: E402

ACCOUNTS = 1000


class Bench:
    def __init__(self, arguments: argparse.Namespace, suite: local.Suite, first_login: int):
        self._arguments = arguments
        self._suite = suite
        self._first_login = first_login
        self.calls = measure.Calls()

    def echo(self, hops: int, concurrency: int) -> None:
        with measure.EchoChain(self._arguments.binaries, hops) as chain:
            self._grpc(f"echo, {hops} hop{'s' if hops > 1 else ''}", chain.target, "echo", concurrency,
                       {f"echo{number}": child.pid for number, child in enumerate(chain.children)})

    def grpc(self, call: str, concurrency: int) -> None:
        self._grpc(f"{call}, gRPC", f"127.0.0.1:{self._suite.accounts.ports['port']}", call, concurrency,
                   self._pids("accounts", "connector", "mtsim"))

    def rest(self, call: str, concurrency: int) -> None:
        self.calls.measure(
            f"{call}, REST", concurrency,
            [self._arguments.binaries / "tests/bench/restload/restload", f"--url={self._suite.url}", f"--call={call}",
             f"--first-login={self._first_login}", f"--login-count={ACCOUNTS}",
             f"--key-file={self._suite.state / 'dev-api-key'}", f"--concurrency={concurrency}",
             f"--duration={self._arguments.seconds}s"],
            self._pids("gateway", "accounts", "connector", "mtsim"))

    def _grpc(self, name: str, target: str, call: str, concurrency: int, pids: dict[str, int]) -> None:
        self.calls.measure(
            name, concurrency,
            [self._arguments.binaries / "tests/bench/grpc_load", f"--target={target}", f"--call={call}",
             f"--first_login={self._first_login}", f"--login_count={ACCOUNTS}",
             f"--key_file={self._suite.state / 'dev-api-key'}", f"--concurrency={concurrency}",
             f"--channels={min(4, concurrency)}", f"--duration={self._arguments.seconds}s"], pids)

    def _pids(self, *names: str) -> dict[str, int]:
        return {process.name: process.pid for process in self._suite.processes if process.name in names}


def table(rows: list[dict]) -> str:
    return measure.table(
        ["what", "at once", "calls/s", "p50 µs", "p99 µs", "CPU µs per call", "of which"],
        [[row["name"], f"{row['concurrency']}", f"{row['per_second']:,.0f}", f"{row['p50_us']:,.0f}", f"{row['p99_us']:,.0f}",
          f"{row['cpu_us']:,.0f}", measure.parts(row["cpu_us_by_process"])] for row in rows])


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
                         f"of {hops} echo hops, {row['p50_us'] - chain['p50_us']:+.0f} us at p50, "
                         f"{row['p99_us'] - chain['p99_us']:+.0f} us at p99")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=pathlib.Path, default=measure.ROOT / "bazel-bin")
    parser.add_argument("--seconds", type=int, default=5, help="measured time per row and round")
    parser.add_argument("--rounds", type=int, default=1, help="rows are the medians of so many")
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
            for concurrency in arguments.concurrency * arguments.rounds:
                for hops in (1, 2, 3):
                    bench.echo(hops, concurrency)
                for call in ("get_account", "deposit"):
                    bench.grpc(call, concurrency)
                    bench.rest(call, min(concurrency, 16))
        finally:
            suite.stop()
    rows = measure.medians(bench.calls.rows, ("name", "concurrency"))
    print(table(rows))
    print(ratios(rows))
    if arguments.json:
        for row in rows:
            print(json.dumps(row))


if __name__ == "__main__":
    main()
