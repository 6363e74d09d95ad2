"""What the callers of a kill test do, and what the trading server must show of it in the end."""

import decimal
import random
import uuid
from collections.abc import Iterator

from intents import SERVER, Intent
from rest import Rest


def _operation_id(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


class Deposits:
    """A caller makes one deposit."""

    name = "deposits"
    commands = ("TRADE_BALANCE",)
    service = "accounts"
    actions = (2,)  # Deal actions of the platform: balance.

    def plan(self, rng: random.Random, login: int) -> Iterator[Intent]:
        """A caller's intents, each made when the one before is applied. Draws all randomness before the first."""
        amount = f"{rng.randint(1, 100_000) / 100:.2f}"
        yield Intent(
            operation_id=_operation_id(rng), path=f"accounts/{login}/balanceOperations",
            body={"balanceOperation": {"type": "DEPOSIT", "amount": amount, "comment": "kill test"}},
            ticket_of=lambda result: int(result["ticket"]), patient=rng.random() < 0.8)

    def is_trace(self, intent: Intent, deal) -> bool:
        """Whether the deal is what the intent wanted."""
        return decimal.Decimal(deal.profit) == decimal.Decimal(intent.body["balanceOperation"]["amount"]) and \
            f"accounts/{deal.login}/" in intent.path

    def check_accounts(self, rest: Rest, logins: range, intents: list[Intent]) -> list[str]:
        """What is wrong with the accounts as a whole; deals say it all here."""
        return []


class Trades:
    """A caller opens a position, closes half of it, and closes the rest. Opening and closing are not idempotent by nature."""

    name = "trades"
    commands = ("DEALER_SEND", "DEALER_UPDATES")
    service = "orders"
    actions = (0, 1)  # Deal actions of the platform: buy and sell.

    def plan(self, rng: random.Random, login: int) -> Iterator[Intent]:
        ids = [_operation_id(rng) for _ in range(3)]
        patient = [True, rng.random() < 0.8, rng.random() < 0.8]
        cents = 2 * rng.randint(1, 25)
        side = rng.choice(("BUY", "SELL"))
        opening = self._intent(ids[0], f"accounts/{login}/orders", patient[0], {
            "order": {"symbol": "EURUSD", "side": side, "type": "MARKET", "volume": f"{cents / 100:.2f}"}})
        yield opening
        position = opening.result["positionTicket"]
        half = {"volume": f"{cents / 200:.2f}"}
        yield self._intent(ids[1], f"accounts/{login}/positions/{position}:close", patient[1], half)
        yield self._intent(ids[2], f"accounts/{login}/positions/{position}:close", patient[2], half)

    def _intent(self, operation_id: str, path: str, patient: bool, body: dict) -> Intent:
        return Intent(operation_id=operation_id, path=path, body=body, patient=patient,
                      ticket_of=lambda result: int(result["dealTicket"]))

    def is_trace(self, intent: Intent, deal) -> bool:
        return f"accounts/{deal.login}/" in intent.path

    def check_accounts(self, rest: Rest, logins: range, intents: list[Intent]) -> list[str]:
        """The open volume of each position is what was opened less what was closed."""
        expected: dict[str, decimal.Decimal] = {}
        for intent in intents:
            if intent.state == "APPLIED":
                volume = decimal.Decimal(intent.result["filledVolume"])
                position = intent.result["positionTicket"]
                expected[position] = expected.get(position, decimal.Decimal(0)) + (volume if "order" in intent.body else -volume)
        is_open = {position["ticket"]: decimal.Decimal(position["volume"]) for login in logins
                   for position in self._positions(rest, login)}
        expected = {position: volume for position, volume in expected.items() if volume != 0}
        return [] if is_open == expected else [f"open on the server: {is_open}; by the callers' knowledge: {expected}"]

    def _positions(self, rest: Rest, login: int) -> list[dict]:
        return rest.get(f"{SERVER}/accounts/{login}/positions?pageSize=1000").body.get("positions", [])
