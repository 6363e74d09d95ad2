"""Symbols and groups with terms of their own, beside those of the simulated server's demo world.

Their prices stand still until a test moves them: they have no quote sessions, so that the feed leaves them alone.
"""

import datetime
import zoneinfo
from decimal import Decimal

from administrator import Administrator
from sim import Sim

BID, ASK = Decimal("43000.00"), Decimal("43010.00")
ZONE = zoneinfo.ZoneInfo("Europe/Athens")
NEVER = [[] for _ in range(7)]
# Terms of copies of BTCUSD. Flags of orders: 1 market, 2 limit, 4 stop, 8 stop-limit, 16 stop loss, 32 take profit, 64 close by.
SYMBOLS = {
    "CALM": {},
    "FAR": {"StopsLevel": "5000"},
    "FROZEN": {"FreezeLevel": "10000000"},
    "INSTANT": {"ExecMode": "1"},
    "LIMITED": {"VolumeLimitExt": "20000000"},
    "LONG": {"TradeMode": "1"},
    "CLOSING": {"TradeMode": "3"},
    "OFF": {"TradeMode": "0"},
    "PLAIN": {"OrderFlags": "1", "FillFlags": "1"},
    "STALE": {"QuotesTimeout": "1"},
    # No chain of symbols leads from this currency to any other.
    "ISLAND": {"CurrencyBase": "BTC", "CurrencyProfit": "ZZZ", "CurrencyMargin": "USD"},
    "WAITING": {"CalcMode": "0", "CurrencyBase": "QQQ", "CurrencyProfit": "USD"},
}
# Never gets a price.
SILENT = "WAITING"
# Oldest first (256), no opposite positions (512), and the usual rest.
LAST_SYMBOL = "SHUT"
STRICT_GROUP = "demo\\strict-usd"


def prepare(administrator: Administrator, sim: Sim) -> None:
    """Adds all of it."""
    administrator.add_group(STRICT_GROUP, like="demo\\retail-usd", TradeFlags=str(31 + 256 + 512), LimitOrders="1",
                            LimitPositions="2")
    for name, terms in SYMBOLS.items():
        administrator.add_symbol(name, like="BTCUSD", Path=f"Test\\{name}", SessionsQuotes=NEVER, **terms)
    administrator.add_symbol("SHUT", like="BTCUSD", Path="Test\\SHUT", SessionsQuotes=NEVER, SessionsTrades=_in_three_days())
    for name in [*SYMBOLS, "SHUT"]:
        if name != SILENT:
            set_price(sim, name, BID)


def set_price(sim: Sim, symbol: str, bid: Decimal) -> None:
    """Moves a symbol's prices, with the usual distance of the two."""
    sim.call("SetPrice", symbol=symbol, bid=str(bid), ask=str(bid + ASK - BID))


def _in_three_days() -> list:
    week = [[] for _ in range(7)]
    # Sunday is the first day of the platform's week.
    day = (datetime.datetime.now(ZONE) + datetime.timedelta(days=3)).isoweekday() % 7
    week[day] = [{"Open": "60", "Close": "120"}]
    return week
