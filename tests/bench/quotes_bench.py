"""Quotes to many gRPC readers of the quotes service, beside a bare gRPC server that streams the same bytes.

    bazel build --config=bench //tests/bench/... //services/quotes //tools/apikey
    .tools/venv/bin/python tests/bench/quotes_bench.py

Each row starts a source of ticks (a connector that has nothing else), the quotes service in a process of its own, and one
process with all readers. Prints a table and, with --json, one JSON line per row.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import measure

sys.path[:0] = [str(measure.ROOT / "deploy/local")]

import suite as local  # noqa: E402

SYMBOLS = 100
# What readers who want fresh prices let be on its way to a stream; gRPC's own choice grows to seconds of quotes.
WINDOW_BYTES = 65_536


class QuotesService:
    """The real service over a source of ticks at `rate` per second; 0 for as many as it reads."""

    def __init__(self, binaries: pathlib.Path, state: pathlib.Path, rate: int):
        for folder in ("config", "log", "run"):
            (state / folder).mkdir()
        self.key_file = state / "key"
        self.key_file.write_text(subprocess.run(
            [binaries / "tools/apikey/apikey", "create", "--id=bench", "--scopes=quotes.read", f"--file={state}/keys.yaml"],
            check=True, capture_output=True, text=True).stdout)
        self.key_file.chmod(0o600)
        self.source = measure.Child(binaries / "tests/bench/quotes/tick_source", f"--symbols={SYMBOLS}", f"--rate={rate}")
        self.process = local.Process("quotes", binaries / "services/quotes/quotes", state)
        self.process.config.write_text(f"""server:
  listen: 127.0.0.1:0
  key_file: {state}/keys.yaml
  port_file: {self.process.port_file}
  log_level: warning
connector:
  target: 127.0.0.1:{self.source.port}
connector_key_file: {self.key_file}
""")
        self.process.spawn()
        self.process.await_ports(time.monotonic() + local.READY_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stop()
        self.source.__exit__()


class Bench:
    def __init__(self, arguments: argparse.Namespace):
        self._arguments = arguments
        self._folder = arguments.binaries / "tests/bench/quotes"
        self.rows: list[dict] = []

    def service(self, name: str, rate: int, *options: str) -> dict:
        """A row of the quotes service."""
        with (tempfile.TemporaryDirectory(prefix="mtsuite-bench-") as state,
              QuotesService(self._arguments.binaries, pathlib.Path(state), rate) as service):
            return self._load(name, service.process.ports["port"], f"--key_file={service.key_file}",
                              f"--pids=server={service.process.pid},source={service.source.pid}", *options)

    def bare(self, name: str, like: dict) -> dict:
        """A bare server that sends messages of the size and at the pace of another row."""
        interval = like["seconds"] * like["streams"] / like["messages"]
        with measure.Child(self._folder / "stream_server", f"--symbols={SYMBOLS}", f"--interval={interval:.6f}s",
                           f"--quotes={round(like['updates'] / like['messages'])}") as server:
            return self._load(name, server.port, f"--pids=server={server.pid}")

    def _load(self, name: str, port: int, *options: str) -> dict:
        row = {"name": name} | measure.run_load(
            [self._folder / "quote_load", f"--target=127.0.0.1:{port}", f"--streams={self._arguments.readers}",
             f"--symbols={SYMBOLS}", f"--window_bytes={WINDOW_BYTES}", f"--duration={self._arguments.seconds}s", *options])
        self.rows.append(row)
        print(f"  {name}: {row['updates'] / row['seconds']:,.0f} updates/s, {row['lost']} lost, p99 {row['p99_us']} us, CPU "
              f"{row['cpu_seconds']['server'] / row['updates'] * 1e9:.0f} ns per update", file=sys.stderr, flush=True)
        return row


def line(row: dict) -> list[str]:
    offered = row["updates"] + row["skipped"] + row["lost"]
    cores = {name: f"{seconds / row['seconds']:.2f}" for name, seconds in row["cpu_seconds"].items()}
    return [row["name"], f"{row['cpu_seconds']['server'] / row['updates'] * 1e9:,.0f}",
            f"{row['cpu_seconds']['server'] / row['messages'] * 1e6:.1f}", f"{row['updates'] / row['seconds']:,.0f}",
            f"{100 * row['skipped'] / offered:.0f} %", f"{row['lost']:,.0f}", f"{row['messages'] / row['seconds']:,.0f}",
            f"{row['updates'] / row['messages']:.0f}", f"{row['p50_us'] / 1000:.1f}", f"{row['p99_us'] / 1000:.1f}",
            ", ".join(f"{name} {used}" for name, used in cores.items())]


HEAD = ["what", "CPU ns per update", "CPU µs per message", "updates/s", "conflated", "lost", "messages/s", "quotes per message",
        "p50 ms", "p99 ms", "cores used"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=pathlib.Path, default=measure.ROOT / "bazel-bin")
    parser.add_argument("--seconds", type=int, default=5, help="measured time per row and round")
    parser.add_argument("--rounds", type=int, default=3, help="rows are the medians of so many")
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="also print one JSON line per row")
    arguments = parser.parse_args()
    bench = Bench(arguments)
    for _ in range(arguments.rounds):
        shared = bench.service("10,000 ticks/s, all symbols", 10_000)
        bench.bare("bare gRPC, same messages", shared)
        bench.service("10,000 ticks/s, gRPC's own window", 10_000, "--window_bytes=0")
        bench.service("10,000 ticks/s, a symbol set for each reader", 10_000, "--own_sets")
        full = bench.service("as many ticks as it takes, all symbols", 0)
        bench.bare("bare gRPC, same full messages", full)
    rows = measure.medians(bench.rows, ("name",))
    print(measure.table(HEAD, [line(row) for row in rows]))
    if arguments.json:
        for row in rows:
            print(json.dumps(row))


if __name__ == "__main__":
    main()
