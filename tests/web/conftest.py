"""A gateway over a fake market, and a headless Chromium."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

KEY = "mts_fake"
BINARIES = pathlib.Path(os.environ.get("MTSUITE_WEB_BINARIES", "."))


def pytest_addoption(parser):
    parser.addoption("--screenshots", type=pathlib.Path, help="folder to keep screenshots in")


class Market:
    """The process behind the gateway."""

    def __init__(self):
        self.process = subprocess.Popen([BINARIES / "fakemarket", f"--key={KEY}"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()

    def freeze(self, frozen: bool) -> None:
        """Stops or continues the process: the connection stays, nothing comes."""
        self.process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def market():
    running = Market()
    yield running
    running.stop()


@pytest.fixture
def url(market, tmp_path):
    """Where the gateway serves."""
    backend = f"{{target: '{market.address}'}}"
    port_file = tmp_path / "gateway.json"
    (tmp_path / "gateway.yaml").write_text(
        f"listen: 127.0.0.1:0\nport_file: {port_file}\nbackends: {{accounts: {backend}, operations: {backend}, "
        f"orders: {backend}, quotes: {backend}}}\nstreams: {{heartbeat: 1s}}\ndrain: {{timeout: 5s}}\n")
    with (tmp_path / "gateway.log").open("w") as log:
        process = subprocess.Popen([BINARIES / "gateway", f"--config={tmp_path}/gateway.yaml"], stderr=log)
    deadline = time.monotonic() + 20
    while not port_file.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    address = f"http://127.0.0.1:{json.loads(port_file.read_text())['port']}"
    with urllib.request.urlopen(f"{address}/healthz") as answer:
        assert answer.status == 200
    yield address
    process.terminate()
    assert process.wait(15) == 0
    log = (tmp_path / "gateway.log").read_text()
    assert '"level":"error"' not in log
    assert KEY not in log


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium")
    assert chromium, "Debian's chromium is not installed; tools/setup test does that"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser, url):
    """The demo page; the test fails when the page does, or loads something from elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 760}, base_url=url, color_scheme="light")
    page = context.new_page()
    failures, foreign = [], []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda line: failures.append(line.text) if line.type == "error" and "violates" in line.text else None)
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith((url, "data:")) else None)
    page.goto("/demo")
    yield page
    context.close()
    assert failures == []
    assert foreign == []


@pytest.fixture
def screenshot(request, page):
    folder = request.config.getoption("--screenshots")

    def take(name: str) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png")

    return take
