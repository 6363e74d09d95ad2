"""Symbols, quotes, candles and rates: what goes wrong, and a feed that stops."""

import http.client
import json
import time
import urllib.parse

import pytest

MANY = "&".join(f"symbols=S{number}" for number in range(1001))
BACKWARDS = "startTime=2026-02-01T00:00:00Z&endTime=2026-01-01T00:00:00Z"


@pytest.mark.parametrize(("path", "status", "reason"), [
    ("symbols?pageToken=rubbish", 400, "PAGE_TOKEN_INVALID"),
    ("symbols?pageSize=-1", 400, "FIELD_INVALID"),
    ("symbols?symbolMask=" + "x" * 513, 400, "FIELD_TOO_LONG"),
    ("symbols/NOSUCH", 404, "SYMBOL_NOT_FOUND"),
    ("symbols/BTCUSD?group=no%5Csuch", 400, "GROUP_NOT_FOUND"),
    ("symbols/" + "X" * 65, 400, "FIELD_TOO_LONG"),
    ("quotes?symbols=BTCUSD&symbols=NOSUCH", 404, "SYMBOL_NOT_FOUND"),
    ("quotes?pageToken=rubbish", 400, "PAGE_TOKEN_INVALID"),
    (f"quotes?{MANY}", 400, "BATCH_TOO_LARGE"),
    ("quotes/NOSUCH", 404, "SYMBOL_NOT_FOUND"),
    ("quotes/WAITING", 400, "OFF_QUOTES"),
    ("symbols/NOSUCH/candles?timeframe=M1", 404, "SYMBOL_NOT_FOUND"),
    ("symbols/BTCUSD/candles?timeframe=M1&pageToken=rubbish", 400, "PAGE_TOKEN_INVALID"),
    (f"symbols/BTCUSD/candles?timeframe=M1&{BACKWARDS}", 400, "TIME_RANGE_INVALID"),
    ("symbols/BTCUSD/candles", 400, "FIELD_REQUIRED"),
    ("conversionRate?fromCurrencyCode=USD&toCurrencyCode=ZZZ", 404, "CONVERSION_RATE_NOT_FOUND"),
    ("conversionRate?fromCurrencyCode=QQQ&toCurrencyCode=USD", 400, "OFF_QUOTES"),
    ("quotes:stream?symbols=NOSUCH", 404, "SYMBOL_NOT_FOUND"),
    (f"quotes:stream?{MANY}", 400, "BATCH_TOO_LARGE"),
])
def test_reads(rest, server, market, path, status, reason):
    answer = rest.get(f"{server}/{path}")
    assert (answer.status, answer.reason, answer.outcome) == (status, reason, ""), answer


def test_a_quote_is_the_trading_servers_last_one(rest, sim, server, market):
    market.set_price(sim, "CALM", market.BID + 5)
    deadline = time.monotonic() + 10
    while (quote := rest.get(f"{server}/quotes/CALM").body)["bid"] != "43005.00":
        assert time.monotonic() < deadline, quote
        time.sleep(0.02)
    assert (quote["symbol"], quote["ask"]) == ("CALM", "43015.00")
    listed = rest.get(f"{server}/quotes?symbols=CALM&symbols=WAITING").body["quotes"]
    assert [item["symbol"] for item in listed] == ["CALM"], "what had no quote yet is left out"
    market.set_price(sim, "CALM", market.BID)


def seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))


def messages(suite, server, path: str):
    """What a stream tells, by server-sent events."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(suite.url).netloc, timeout=15)
    try:
        connection.request("GET", f"{server}/{path}",
                           headers={"Authorization": f"Bearer {suite.api_key}", "Accept": "text/event-stream"})
        for line in connection.getresponse():
            if line.startswith(b"data:"):
                yield json.loads(line[5:])
    finally:
        connection.close()


def test_a_feed_that_stops_grows_old_everywhere(suite, rest, sim, server, market):
    def ages():
        return (seconds(rest.get(server).body["feedAge"]),
                seconds(rest.get(f"{server}/quotes?symbols=BTCUSD").body["feedAge"]))

    stream = messages(suite, server, "quotes:stream?symbols=BTCUSD")
    next(message for message in stream if "quotes" in message)
    sim.call("SetFeed", running=False)
    try:
        stopped = time.monotonic()
        heartbeat = next(message["heartbeat"] for message in stream if "heartbeat" in message)
        old, waited = seconds(heartbeat["feedAge"]), time.monotonic() - stopped
        assert waited / 2 < old < waited + 2, "the stream does not pretend to be live"
        first, second = ages(), ages()
        assert old <= first[0] < second[0], (old, first, second)
        assert old <= first[1] < second[1], (old, first, second)
        sim.call("StepFeed", symbol="BTCUSD", tick_count=1)
        deadline = time.monotonic() + 10
        while max(now := ages()) > old:
            assert time.monotonic() < deadline, now
            time.sleep(0.02)
    finally:
        sim.call("SetFeed", running=True)
