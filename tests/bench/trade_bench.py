"""The round trip of an order through gRPC and REST, beside the same order sent straight to the trading server.

    bazel build --config=bench //tests/bench/... //services/... //gateway //tools/apikey
    .tools/venv/bin/python tests/bench/trade_bench.py

Every row opens positions with market orders and closes them, in turns. The first rows send one order at a time with a pause
after each, which is the round trip of an order on a server that is not busy; the others send the next as soon as one is done.
Prints a table and, with --json, one JSON line per row.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

import measure

sys.path[:0] = [str(measure.ROOT / "deploy/local"), str(measure.ROOT / "tests/support")]

import suite as local  # noqa: E402
from rest import Rest  # noqa: E402
from sim import Sim  # noqa: E402

ACCOUNTS = 128
PAUSE_MS = 10
DIRECT = "straight to the trading server"
ECHO = "bare gRPC, 2 hops"
GRPC = "orders, gRPC"
REST = "orders, REST"


def seed(process: local.Process, api_key: str) -> int:
    """Opens the accounts that trade; returns the first."""
    sim = Sim(f"127.0.0.1:{process.ports['port']}", api_key)
    return sim.call("SeedAccounts", count=ACCOUNTS, group="demo\\retail-usd", deposit="1000000.00").first_login


def start_alone(suite: local.Suite) -> local.Process:
    """A trading server like the suite's that nothing but the load generator is connected to."""
    process = local.Process("mtsim-alone", suite.mtsim.binary, suite.state)
    process.config.write_text(suite.mtsim.config.read_text().replace(str(suite.mtsim.port_file), str(process.port_file)))
    process.spawn()
    process.await_ports(time.monotonic() + local.READY_SECONDS)
    return process


@dataclasses.dataclass(frozen=True)
class Load:
    """How many orders are under way, and how long each waits after the one before."""

    at_once: int
    pause_ms: int = 0

    @property
    def name(self) -> str:
        return f"{self.at_once}, then {self.pause_ms} ms" if self.pause_ms else str(self.at_once)


def await_directory(suite: local.Suite, login: int) -> None:
    """Returns once the connector knows the account, as it knows those of a broker: from its last look at all of them."""
    rest = Rest(suite.url, suite.api_key)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        page = rest.request("GET", "/v1/servers/mt5-demo/accounts?pageSize=500")
        if any(account["login"] == str(login) for account in page.body["accounts"]):
            return
        time.sleep(1)
    raise TimeoutError("the connector has not listed the accounts within 90 s")


class Bench:
    def __init__(self, arguments: argparse.Namespace, suite: local.Suite, alone: local.Process):
        self._arguments = arguments
        self._suite = suite
        self._alone = alone
        self._first_login = seed(suite.mtsim, suite.api_key)
        self._first_login_alone = seed(alone, suite.api_key)
        await_directory(suite, self._first_login + ACCOUNTS - 1)
        self._key = suite.state / "dev-api-key"
        self.calls = measure.Calls()

    def echo(self, load: Load) -> None:
        with measure.EchoChain(self._arguments.binaries, 2) as chain:
            self._measure(ECHO, load, [self._binary("grpc_load"), f"--target={chain.target}", "--call=echo",
                                       f"--key_file={self._key}", f"--channels={min(4, load.at_once)}"],
                          {f"echo{number}": child.pid for number, child in enumerate(chain.children)})

    def direct(self, load: Load) -> None:
        self._measure(DIRECT, load, [
            self._binary("dealer_load"), f"--port={self._alone.ports['mt5_port']}",
            f"--manager_login={local.MANAGER_LOGIN}", f"--password_file={self._suite.state / 'secrets/manager-password'}",
            f"--first_login={self._first_login_alone}"], {"mtsim": self._alone.pid})

    def grpc(self, load: Load) -> None:
        self._measure(GRPC, load, [
            self._binary("grpc_load"), f"--target=127.0.0.1:{self._suite.orders.ports['port']}", "--call=trade",
            f"--first_login={self._first_login}", f"--login_count={ACCOUNTS}", f"--key_file={self._key}",
            f"--channels={min(4, load.at_once)}"], self._pids("orders", "connector", "mtsim"))

    def rest(self, load: Load) -> None:
        self._measure(REST, load, [
            self._binary("restload/restload"), f"--url={self._suite.url}", "--call=trade", f"--first-login={self._first_login}",
            f"--login-count={ACCOUNTS}", f"--key-file={self._key}"], self._pids("gateway", "orders", "connector", "mtsim"))

    def _measure(self, name: str, load: Load, command: list, pids: dict[str, int]) -> None:
        self.calls.measure(name, load.name, [*command, f"--concurrency={load.at_once}", f"--pause={load.pause_ms}ms",
                                             f"--duration={self._arguments.seconds}s"], pids)

    def _binary(self, name: str) -> pathlib.Path:
        return self._arguments.binaries / "tests/bench" / name

    def _pids(self, *names: str) -> dict[str, int]:
        return {process.name: process.pid for process in self._suite.processes if process.name in names}


def disk_commit_us(folder: pathlib.Path) -> float:
    """Median time to append 4 KiB to a file and have it on disk: what any journal pays per commit."""
    times = []
    with open(folder / "commit-test", "wb", buffering=0) as file:
        for _ in range(200):
            start = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


def table(rows: list[dict]) -> str:
    direct = {row["concurrency"]: row for row in rows if row["name"] == DIRECT}
    lines = []
    for row in rows:
        base = direct[row["concurrency"]]
        added = [f"{row[key] - base[key]:+,.0f}" if row["name"] in (GRPC, REST) else "–" for key in ("p50_us", "p99_us")]
        close = [f"{row[key]:,.0f}" if row["name"] != ECHO else "–" for key in ("close_p50_us", "close_p99_us")]
        lines.append([row["name"], row["concurrency"], f"{row['per_second']:,.0f}", f"{row['p50_us']:,.0f}",
                      f"{row['p99_us']:,.0f}", *added, *close, f"{row['cpu_us']:,.0f}",
                      measure.parts(row["cpu_us_by_process"])])
    return measure.table(["what", "at once", "orders/s", "open p50 µs", "open p99 µs", "added p50", "added p99", "close p50 µs",
                          "close p99 µs", "CPU µs per order", "of which"], lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=pathlib.Path, default=measure.ROOT / "bazel-bin")
    parser.add_argument("--seconds", type=int, default=5, help="measured time per row and round")
    parser.add_argument("--rounds", type=int, default=3, help="rows are the medians of so many")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--json", action="store_true", help="also print one JSON line per row")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mtsuite-bench-") as state:
        suite = local.Suite(local.Options(state=pathlib.Path(state), binaries=arguments.binaries, demo_world=False,
                                          log_level="warning"))
        suite.start()
        alone = start_alone(suite)
        try:
            bench = Bench(arguments, suite, alone)
            for load in [Load(1, PAUSE_MS), *(Load(at_once) for at_once in arguments.concurrency)] * arguments.rounds:
                bench.echo(load)
                bench.direct(load)
                bench.grpc(load)
                bench.rest(load)
            commit = disk_commit_us(suite.state)
        finally:
            alone.stop()
            suite.stop()
    rows = measure.medians(bench.calls.rows, ("name", "concurrency"))
    print(table(rows))
    print(f"Appending 4 KiB and having them on disk: {commit:,.0f} µs (median).")
    if arguments.json:
        for row in rows:
            print(json.dumps(row))


if __name__ == "__main__":
    main()
