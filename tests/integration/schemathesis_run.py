"""Starts a suite and lets schemathesis call everything that /openapi.json describes.

    python3 tests/integration/schemathesis_run.py --examples 25 --seed 7
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "deploy/local"), str(ROOT / "tests/support")]

import suite as local  # noqa: E402
from sim import Sim  # noqa: E402

# The account of the document's examples, so that requests get beyond "there is no such account".
EXAMPLE_LOGIN = 10001

# Everything that schemathesis can check, but that wrong input is refused by schema alone: what only a trading server knows
# (which groups exist) makes valid input fail, and lenient JSON numbers make some invalid input pass.
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
          "response_schema_conformance")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=25, help="tries per operation")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "bazel-bin")
    arguments = parser.parse_args()
    print(f"schemathesis: {arguments.examples} examples per operation, seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mtsuite-api-") as state:
        suite = local.Suite(local.Options(state=pathlib.Path(state), binaries=arguments.binaries))
        suite.start()
        try:
            Sim(f"127.0.0.1:{suite.mtsim.ports['port']}", suite.api_key).call(
                "SeedAccounts", count=1, first_login=EXAMPLE_LOGIN, group="demo\\retail-usd", deposit="100000.00")
            # In its own folder: it leaves files behind.
            result = subprocess.run(
                [ROOT / ".tools/venv/bin/schemathesis", "run", f"{suite.url}/openapi.json", "--header",
                 f"Authorization: Bearer {suite.api_key}", "--checks", CHECKS, "--max-examples", str(arguments.examples),
                 # Streams do not end by themselves.
                 "--exclude-operation-id-regex", "^stream",
                 "--seed", str(arguments.seed), "--generation-database", "none", "--request-timeout", "20", "--no-color"],
                cwd=state, check=False)
        finally:
            suite.stop()
        problems = suite.error_lines()
    for line in problems[:20]:
        print(f"ERROR in a log: {line}")
    return 1 if result.returncode or problems else 0


if __name__ == "__main__":
    sys.exit(main())
