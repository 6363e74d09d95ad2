"""Errors are a contract: what the protos say and what the code answers must be the same set of reasons.

That no operation answers with a reason it does not document is checked with every answer, see conftest.py. Here is the other
direction: nothing is documented that does not happen, or that nobody tried.
"""

import pathlib
import re

import pytest
from reasons import NAME

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Documented reasons that the simulated server cannot be made to give over REST, and where they are tested instead.
ELSEWHERE = {
    ("createAccount", "LOGINS_EXHAUSTED"): "services/connector/directory/directory_test.cc",
    ("getStatistics", "TOO_MANY_DEALS"): "services/accounts/account_service_test.cc",
    ("listClosedPositions", "TOO_MANY_DEALS"): "services/orders/order_service_test.cc",
    ("streamTradeEvents", "SLOW_CONSUMER"): "services/orders/trade_event_stream_test.cc",
    ("streamTradeEvents", "SHUTTING_DOWN"): "gateway/internal/gateway/stream_test.go",
    ("streamTradeEvents", "TOO_MANY_STREAMS"): "gateway/internal/gateway/stream_input_test.go",
    ("streamQuotes", "SHUTTING_DOWN"): "gateway/internal/gateway/stream_test.go",
    ("streamQuotes", "TOO_MANY_STREAMS"): "gateway/internal/gateway/stream_input_test.go",
}


def reasons_of_the_enum() -> set[str]:
    text = (ROOT / "proto/mtsuite/type/v1/errors.proto").read_text().partition("enum ErrorReason")[2]
    return set(re.findall(r"^  ([A-Z_]+) = [1-9]", text, re.MULTILINE))


def test_every_documented_reason_exists(documented):
    known = reasons_of_the_enum()
    for operation, reasons in documented.own.items():
        assert reasons <= known, operation


def test_every_reason_is_documented():
    comments = "\n".join(line for path in (ROOT / "proto").rglob("*_service.proto")
                         for line in path.read_text().splitlines() if line.lstrip().startswith("//"))
    gateway = (ROOT / "gateway/openapi/document.yaml").read_text()
    assert reasons_of_the_enum() - set(NAME.findall(comments)) - set(NAME.findall(gateway)) == set()


def test_every_reason_has_code_that_gives_it():
    sources = [path for folder in ("common", "services", "gateway/internal") for path in (ROOT / folder).rglob("*")
               if path.suffix in (".cc", ".h", ".go") and not path.stem.endswith("_test")]
    given = set(re.findall(r"(?:type::v1::|typev1\.ErrorReason_)([A-Z_]+)", "\n".join(path.read_text() for path in sources)))
    assert sorted(reasons_of_the_enum() - given) == []


def test_every_documented_reason_was_seen(request, documented, seen_reasons):
    modules = {item.path.name for item in request.session.items}
    if modules < {path.name for path in pathlib.Path(__file__).parent.glob("*_test.py")} or request.config.getoption("keyword"):
        pytest.skip("needs the answers of all integration tests")
    unseen = {(operation, reason) for operation, reasons in documented.own.items()
              for reason in reasons - seen_reasons.get(operation, set())}
    assert sorted(unseen - ELSEWHERE.keys()) == []
    assert sorted(ELSEWHERE.keys() - unseen) == [], "no longer needed in the list"
    for (operation, reason), place in ELSEWHERE.items():
        assert reason in (ROOT / place).read_text(), (operation, reason)
