"""Starts the suite for a person: ./run builds, then calls this."""

import argparse
import pathlib
import signal
import socket
import sys
import threading
import time

import suite as local

DESCRIPTION = """\
Starts mtsuite on this machine: mtsim (a simulated MT5 server), the connector, the accounts, orders and quotes services
and the gateway.
Stop it with Ctrl-C.
"""

EPILOG = """\
ports (all on 127.0.0.1)
  8080  gateway: REST, /docs (Swagger UI), /openapi.json,
        /demo (live quotes)                                  8081  its metrics
  9010  accounts: gRPC                                       9011  its metrics
  9012  orders: gRPC                                         9013  its metrics
  9014  quotes: gRPC                                         9015  its metrics
  9020  connector: gRPC                                      9021  its metrics
  9030  mtsim: control over gRPC                             9031  its metrics
  9443  mtsim: MT5 Web API

state (folder var/, or --state)
  dev-api-key     an API key with all scopes, for this machine only
  keys.yaml       the keys that the services accept, hashed; add more with bazel-bin/tools/apikey/apikey
  data/           the connector's database: command journal and event log
  log/            one file of JSON lines per process
  config/         the configuration that each process was started with
Delete the folder to start afresh. mtsim keeps its accounts in memory only: they are gone when it stops.

a real MT5 server
  1. Ask the server's administrator for a manager login that may use the Web API from this machine, with rights to
     accounts, groups, symbols and balance operations.
  2. Copy deploy/local/servers.example.yaml, set host, port, manager_login, and password_file to a file that only you can
     read and that holds the manager's password.
  3. ./run --servers my-servers.yaml     (mtsim is not started then)
"""


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description=DESCRIPTION, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=pathlib.Path, default=local.ROOT / "var", metavar="DIR",
                        help="folder for data, logs and keys (default: var)")
    parser.add_argument("--http-port", type=int, default=local.DEMO_PORTS.gateway, metavar="PORT",
                        help="port of the gateway (default: 8080)")
    parser.add_argument("--servers", type=pathlib.Path, metavar="FILE",
                        help="connect to the real trading servers that this file lists; see below")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulated market (default: 1)")
    parser.add_argument("--binaries", type=pathlib.Path, default=local.ROOT / "bazel-bin", metavar="DIR",
                        help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def check_ports_free(ports: local.Ports, with_mtsim: bool) -> None:
    """Says which port is taken before anything is started."""
    for name, port in vars(ports).items():
        if not with_mtsim and name.startswith("mt"):
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                hint = " (--http-port chooses another)" if name == "gateway" else ""
                raise local.SuiteError(f"port {port} ({name}) is in use; stop what uses it{hint}") from None


def summary(running: local.Suite, seconds: float) -> str:
    key_file = running.state / "dev-api-key"
    server = local.SERVER_ID if running.options.servers is None else "see GET /v1/servers"
    return f"""
mtsuite is ready ({seconds:.1f} s).

  gateway      {running.url}
  try it       {running.url}/docs         Swagger UI; press "Authorize" and paste the API key
  live quotes  {running.url}/demo/        a page to copy from; paste the API key
  OpenAPI      {running.url}/openapi.json
  server id    {server}
  API key      {running.api_key}
               also in {key_file}; for development on this machine only
  state, logs  {running.state}

  curl -s -H "Authorization: Bearer $(cat {key_file})" {running.url}/v1/servers/{local.SERVER_ID}/accounts

Ctrl-C stops everything.
"""


def main(argv: list[str]) -> int:
    arguments = parse(argv)
    ports = local.Ports(**{**vars(local.DEMO_PORTS), "gateway": arguments.http_port})
    options = local.Options(state=arguments.state, binaries=arguments.binaries, ports=ports,
                            servers=arguments.servers, seed=arguments.seed)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    started = time.monotonic()
    suite = local.Suite(options)
    try:
        check_ports_free(ports, with_mtsim=arguments.servers is None)
        suite.start()
        print(summary(suite, time.monotonic() - started), flush=True)
        watch(suite, stop)
        print("Stopping …", flush=True)
        suite.stop()
    except local.SuiteError as error:
        print(f"run: {error}", file=sys.stderr)
        try:
            suite.stop()
        except local.SuiteError as second:
            print(f"run: {second}", file=sys.stderr)
        return 1
    print("Stopped.")
    return 0


def watch(suite: local.Suite, stop: threading.Event) -> None:
    """Returns when asked to stop; fails when a process ends by itself."""
    while not stop.wait(timeout=0.5):
        for process in suite.processes:
            if not process.running():
                raise local.SuiteError(
                    f"{process.name} ended with code {process.exit_code()}:\n{process.log_tail()}\nWhole log: {process.log}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
