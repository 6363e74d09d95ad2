"""The suite on one machine: mtsim, connector, accounts, orders, quotes and gateway as child processes.

Used by ./run and by the tests, which differ only in ports and state folder. Each process gets a YAML file and a log file in
the state folder; each writes a port file when it listens, so ports may be chosen by the system.
"""

import dataclasses
import json
import os
import pathlib
import secrets
import signal
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER_ID = "mt5-demo"
MANAGER_LOGIN = 1000
# How often a file or URL is looked at while waiting for it.
POLL_SECONDS = 0.02
READY_SECONDS = 60.0
STOP_SECONDS = 15.0


class SuiteError(Exception):
    """The suite cannot go on; the message says what the user can do."""


@dataclasses.dataclass
class Ports:
    """Fixed ports; 0 lets the system choose."""

    gateway: int = 0
    gateway_metrics: int = 0
    accounts: int = 0
    accounts_metrics: int = 0
    orders: int = 0
    orders_metrics: int = 0
    quotes: int = 0
    quotes_metrics: int = 0
    connector: int = 0
    connector_metrics: int = 0
    mtsim: int = 0
    mtsim_metrics: int = 0
    mt5: int = 0


DEMO_PORTS = Ports(
    gateway=8080, gateway_metrics=8081, accounts=9010, accounts_metrics=9011,
    orders=9012, orders_metrics=9013, quotes=9014, quotes_metrics=9015, connector=9020, connector_metrics=9021,
    mtsim=9030, mtsim_metrics=9031, mt5=9443,
)


@dataclasses.dataclass
class Options:
    """What a suite is started with."""

    state: pathlib.Path
    binaries: pathlib.Path
    ports: Ports = dataclasses.field(default_factory=Ports)
    # The user's own list of trading servers, the `servers:` part of a connector configuration: then mtsim is not started.
    servers: pathlib.Path | None = None
    seed: int = 1
    demo_world: bool = True
    # How long the connector waits before it declares a lost booking not applied; see services/connector/README.md.
    settle_window: str = "30s"
    # How long the connector waits for an answer before it calls the outcome unknown.
    command_timeout: str = "20s"
    log_level: str = "info"


class Process:
    """One child: configuration, log, port file."""

    def __init__(self, name: str, binary: pathlib.Path, state: pathlib.Path):
        self.name = name
        self.binary = binary
        self.config = state / "config" / f"{name}.yaml"
        self.log = state / "log" / f"{name}.log"
        self.port_file = state / "run" / f"{name}.json"
        self.ports: dict[str, int] = {}
        self._child: subprocess.Popen | None = None

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.name} was not started"
        return self._child.pid

    def spawn(self) -> None:
        """Starts the process and returns at once."""
        self.port_file.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self._child = subprocess.Popen(
                [self.binary, f"--config={self.config}"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,  # Ctrl-C reaches the launcher only, which stops the children in order.
            )

    def await_ports(self, deadline: float) -> None:
        """Waits for the port file; fails when the process ends first."""
        while not self.port_file.exists():
            if self.exit_code() is not None:
                raise SuiteError(f"{self.name} ended with code {self.exit_code()}:\n{self.log_tail()}\nWhole log: {self.log}")
            if time.monotonic() > deadline:
                raise SuiteError(f"{self.name} was not ready in {READY_SECONDS:.0f} s. Log: {self.log}")
            time.sleep(POLL_SECONDS)
        self.ports = json.loads(self.port_file.read_text())

    def exit_code(self) -> int | None:
        return None if self._child is None else self._child.poll()

    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        assert self._child is not None
        self._child.kill()
        self._child.wait()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL when that takes too long."""
        if not self.running():
            return
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise SuiteError(f"{self.name} did not stop within {STOP_SECONDS:.0f} s and was killed. Log: {self.log}") from None

    def log_tail(self, lines: int = 10) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Suite:
    """All processes. `start` returns when the gateway says it is ready."""

    def __init__(self, options: Options):
        self.options = options
        self.state = options.state.resolve()
        for folder in ("config", "log", "run", "data", "secrets"):
            (self.state / folder).mkdir(parents=True, exist_ok=True)
        bin_ = options.binaries
        self.mtsim = Process("mtsim", bin_ / "services/mtsim/mtsim", self.state)
        self.connector = Process("connector", bin_ / "services/connector/connector", self.state)
        self.accounts = Process("accounts", bin_ / "services/accounts/accounts", self.state)
        self.orders = Process("orders", bin_ / "services/orders/orders", self.state)
        self.quotes = Process("quotes", bin_ / "services/quotes/quotes", self.state)
        self.gateway = Process("gateway", bin_ / "gateway/gateway", self.state)
        self.api_key = ""

    # Names in the order of start; stopped in reverse.
    @property
    def processes(self) -> list[Process]:
        own_servers = self.options.servers is not None
        simulated = [] if own_servers else [self.mtsim]
        return [*simulated, self.connector, self.accounts, self.orders, self.quotes, self.gateway]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.gateway.ports['port']}"

    def start(self) -> None:
        self._make_secrets()
        deadline = time.monotonic() + READY_SECONDS
        for process in self.processes:
            self._write_config(process)
            process.spawn()
            process.await_ports(deadline)
        self.await_ready(deadline)

    def await_ready(self, deadline: float | None = None) -> None:
        """Waits until the gateway reaches all services and, with mtsim, the trading server is connected."""
        deadline = deadline or time.monotonic() + READY_SECONDS
        reason = ""
        while time.monotonic() < deadline:
            reason = self._why_not_ready()
            if not reason:
                return
            for process in self.processes:
                if not process.running():
                    raise SuiteError(f"{process.name} ended with code {process.exit_code()}:\n{process.log_tail()}")
            time.sleep(POLL_SECONDS)
        raise SuiteError(f"not ready in {READY_SECONDS:.0f} s: {reason}. Logs: {self.state / 'log'}")

    def restart(self, process: Process) -> None:
        """Starts a process that was killed, on the ports it had."""
        self._write_config(process)
        process.spawn()
        process.await_ports(time.monotonic() + READY_SECONDS)

    def stop(self) -> None:
        """Stops all, last started first; tells about those that did not stop by themselves."""
        problems = []
        for process in reversed(self.processes):
            try:
                process.stop()
            except SuiteError as error:
                problems.append(str(error))
        if problems:
            raise SuiteError("\n".join(problems))

    def error_lines(self) -> list[str]:
        """Log lines of level error in all logs: each says that a human must act."""
        found = []
        for process in self.processes:
            # Only "\n" ends a log line: JSON may hold the other characters that splitlines would split at.
            for line in process.log.read_text(errors="replace").removesuffix("\n").split("\n"):
                if not line:
                    continue
                try:
                    level = json.loads(line).get("level", "").lower()
                except (ValueError, AttributeError):
                    level = "error"  # Not a log line: a crash message or a sanitizer's report.
                if level == "error":
                    found.append(f"{process.name}: {line}")
        return found

    def _why_not_ready(self) -> str:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                pass
            request = urllib.request.Request(f"{self.url}/v1/servers", headers={"Authorization": f"Bearer {self.api_key}"})
            with urllib.request.urlopen(request, timeout=5) as answer:
                servers = json.load(answer)["servers"]
        except (urllib.error.URLError, OSError) as error:
            return f"the gateway says {error}"
        # A real server of the user's may be down; that is shown, not waited for.
        if self.options.servers is None and servers[0]["state"] != "CONNECTED":
            return f"{servers[0]['server']} is {servers[0]['state']}: {servers[0]['stateMessage']}"
        return ""

    def apikey(self, *arguments: str) -> str:
        """Runs the tool apikey and returns what it prints."""
        command = [self.options.binaries / "tools/apikey/apikey", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def _make_secrets(self) -> None:
        """The API keys and mtsim's manager password, made once per state folder."""
        scopes = [line.split()[0] for line in self.apikey("scopes").splitlines() if line]
        keys = self.state / "keys.yaml"
        key_file = self.state / "dev-api-key"
        # A folder of an older version has keys without the scopes that are new: they are all made again.
        if not keys.exists() or any(scope not in keys.read_text() for scope in scopes):
            keys.unlink(missing_ok=True)
            self._make_key("dev", scopes, key_file, "made by ./run for this machine")
            self._make_key("quotes-service", ["quotes.read"], self.state / "secrets" / "quotes-api-key",
                           "made by ./run for the quotes service")
        self.api_key = key_file.read_text().strip()
        password_file = self.state / "secrets" / "manager-password"
        if not password_file.exists():
            _write_private(password_file, f"Aa1!{secrets.token_hex(6)}\n")

    def _make_key(self, name: str, scopes: list[str], path: pathlib.Path, comment: str) -> None:
        key = self.apikey("create", f"--id={name}", f"--scopes={','.join(scopes)}", f"--file={self.state}/keys.yaml",
                          f"--comment={comment}")
        _write_private(path, key + "\n")

    def _write_config(self, process: Process) -> None:
        text = {
            "mtsim": self._mtsim_config, "connector": self._connector_config, "accounts": self._accounts_config,
            "orders": self._orders_config, "quotes": self._quotes_config, "gateway": self._gateway_config,
        }[process.name]()
        process.config.write_text(text)

    def _server_block(self, process: Process, port: int, metrics_port: int) -> str:
        # A restarted process takes the ports it had, so that its clients find it.
        port = process.ports.get("port", port)
        metrics_port = process.ports.get("metrics_port", metrics_port)
        return f"""server:
  listen: 127.0.0.1:{port}
  metrics_listen: 127.0.0.1:{metrics_port}
  key_file: {self.state}/keys.yaml
  port_file: {process.port_file}
  log_level: {self.options.log_level}
"""

    def _mtsim_config(self) -> str:
        ports = self.options.ports
        return self._server_block(self.mtsim, ports.mtsim, ports.mtsim_metrics) + f"""seed: {self.options.seed}
mt5:
  listen: 127.0.0.1:{ports.mt5}
managers:
  - login: {MANAGER_LOGIN}
    password_file: {self.state}/secrets/manager-password
demo_world: {str(self.options.demo_world).lower()}
"""

    def _connector_config(self) -> str:
        ports = self.options.ports
        servers = self._demo_server() if self.options.servers is None else self.options.servers.read_text()
        block = self._server_block(self.connector, ports.connector, ports.connector_metrics)
        return block + f"""database_url: sqlite://{self.state}/data/connector.db
fingerprint_key_file: {self.state}/secrets/fingerprint-key
{servers}"""

    def _demo_server(self) -> str:
        return f"""servers:
  - id: {SERVER_ID}
    display_name: Demo server (simulated)
    settle_window: {self.options.settle_window}
    command_timeout: {self.options.command_timeout}
    mt5:
      host: 127.0.0.1
      port: {self.mtsim.ports['mt5_port']}
      manager_login: {MANAGER_LOGIN}
      password_file: {self.state}/secrets/manager-password
      time_zone: Europe/Athens
"""

    def _accounts_config(self) -> str:
        ports = self.options.ports
        return self._server_block(self.accounts, ports.accounts, ports.accounts_metrics) + f"""connector:
  target: 127.0.0.1:{self.connector.ports['port']}
"""

    def _orders_config(self) -> str:
        ports = self.options.ports
        return self._server_block(self.orders, ports.orders, ports.orders_metrics) + f"""connector:
  target: 127.0.0.1:{self.connector.ports['port']}
"""

    def _quotes_config(self) -> str:
        ports = self.options.ports
        return self._server_block(self.quotes, ports.quotes, ports.quotes_metrics) + f"""connector:
  target: 127.0.0.1:{self.connector.ports['port']}
connector_key_file: {self.state}/secrets/quotes-api-key
"""

    def _gateway_config(self) -> str:
        ports = self.options.ports
        return f"""listen: 127.0.0.1:{self.gateway.ports.get('port', ports.gateway)}
metrics_listen: 127.0.0.1:{self.gateway.ports.get('metrics_port', ports.gateway_metrics)}
port_file: {self.gateway.port_file}
log_level: {self.options.log_level}
backends:
  accounts:
    target: 127.0.0.1:{self.accounts.ports['port']}
  orders:
    target: 127.0.0.1:{self.orders.ports['port']}
  quotes:
    target: 127.0.0.1:{self.quotes.ports['port']}
  operations:
    target: 127.0.0.1:{self.connector.ports['port']}
"""


def _write_private(path: pathlib.Path, text: str) -> None:
    """Writes a file that only its owner can read, from its first byte on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
