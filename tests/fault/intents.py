"""Callers of mutations, what they know, and whether that is what became of them."""

import dataclasses
import time
from collections.abc import Callable

import suite as local
from rest import Answer, Rest

SERVER = f"/v1/servers/{local.SERVER_ID}"
# An operation that is not resolved this long after the last fault counts as forever unconfirmed.
RESOLVE_SECONDS = 90


@dataclasses.dataclass
class Intent:
    """One intended mutation and what its caller was told."""

    operation_id: str
    path: str  # Below the server's.
    body: dict
    # The number of the record it left on the trading server, from its result.
    ticket_of: Callable[[dict], int]
    patient: bool  # Repeats until told the outcome; the others ask GetOperation in the end.
    knowledge: str = "UNKNOWN"  # APPLIED, REJECTED, NOT_SENT or UNKNOWN
    result: dict = dataclasses.field(default_factory=dict)
    answers: list[str] = dataclasses.field(default_factory=list)
    # Set by settle(): what GetOperation says once it is final.
    state: str = ""
    ticket: int = 0

    def carry_out(self, rest: Rest, give_up_at: float) -> None:
        """Asks until the caller knows what became of it, or has no patience left."""
        while True:
            self._ask(rest)
            if self.knowledge in ("APPLIED", "REJECTED") or not self.patient or time.monotonic() > give_up_at:
                return
            # A pause between tries, as a real caller would make; nothing is synchronised by it.
            time.sleep(0.05)

    def _ask(self, rest: Rest) -> None:
        try:
            answer = rest.post(f"{SERVER}/{self.path}", self.body, Idempotency_Key=self.operation_id, Request_Timeout="3")
        except OSError as error:
            self.answers.append(repr(error))
            return
        self.answers.append(f"{answer.status} {answer.reason} {answer.outcome}")
        self.knowledge = _knowledge(answer)
        if self.knowledge == "APPLIED":
            self.result = answer.body

    def settle(self, rest: Rest) -> str:
        """Waits for the final state. Returns what is wrong with it, or nothing."""
        deadline = time.monotonic() + RESOLVE_SECONDS
        while self.state not in ("NOT_FOUND", "APPLIED", "REJECTED", "NOT_APPLIED"):
            if time.monotonic() > deadline:
                return f"forever unconfirmed: {self.operation_id}; answers: {self.answers[-5:]}"
            answer = rest.get(f"{SERVER}/operations/{self.operation_id}")
            self.state = "NOT_FOUND" if answer.reason == "OPERATION_NOT_FOUND" else answer.body.get("state", "")
            if self.state == "APPLIED":
                result = answer.body.get("balanceOperation") or answer.body["trade"]
                self.ticket, self.result = self.ticket_of(result), self.result or result
            elif self.state in ("PENDING", "UNCONFIRMED"):
                time.sleep(0.1)
        return self._contradiction()

    def _contradiction(self) -> str:
        if self.knowledge == "APPLIED" and (self.state, self.ticket) != ("APPLIED", self.ticket_of(self.result)):
            return (f"the caller of {self.operation_id} was told {self.ticket_of(self.result)}, "
                    f"the operation is {self.state} {self.ticket}")
        if self.knowledge == "REJECTED" and self.state == "APPLIED":
            return f"{self.operation_id} was rejected to its caller, but left {self.ticket}"
        return ""


def _knowledge(answer: Answer) -> str:
    if answer.status == 200:
        return "APPLIED"
    if answer.outcome in ("REJECTED", "NOT_SENT"):
        return answer.outcome
    if answer.outcome == "UNCONFIRMED":
        return "UNKNOWN"
    raise AssertionError(f"an error without an outcome: {answer.status} {answer.body}")
