"""The programs in docs/streaming.md do what they say."""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from conftest import KEY

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/streaming.md").read_text()


def example(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert len(found) == 1, f"the guide has {len(found)} examples in {language}"
    return found[0]


def command(language: str, folder: pathlib.Path) -> list:
    file = folder / f"example.{'py' if language == 'python' else 'mjs'}"
    file.write_text(example(language))
    if language == "python":
        return [sys.executable, file]
    own = ROOT / ".tools/bin/node"
    return [own if own.exists() else shutil.which("node"), file]


@pytest.mark.parametrize("language", ["python", "js"])
def test_examples_print_quotes(language, url, tmp_path):
    address = f"{url}/v1/servers/mt5-demo/quotes:stream"
    if language == "python":
        address = address.replace("http:", "ws:")
    process = subprocess.Popen([*command(language, tmp_path), address, KEY, "EURUSD,GBPUSD"], stdout=subprocess.PIPE, text=True)
    try:
        seen = {process.stdout.readline().split()[0] for _ in range(20)}
        assert seen == {"EURUSD", "GBPUSD"}
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("language", ["python", "js"])
def test_examples_give_up_on_a_wrong_key(language, url, tmp_path):
    address = f"{url}/v1/servers/mt5-demo/quotes:stream"
    if language == "python":
        address = address.replace("http:", "ws:")
    result = subprocess.run([*command(language, tmp_path), address, "mts_wrong", "EURUSD"], capture_output=True, text=True,
                            timeout=30, check=False)
    assert "API_KEY_INVALID" in result.stderr
