"""A plain REST client for tests: one connection per request, no retries, no hidden waiting."""

import dataclasses
import http.client
import json
import time
import urllib.parse
from collections.abc import Callable


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: dict

    @property
    def reason(self) -> str:
        return self.body.get("reason", "")

    @property
    def outcome(self) -> str:
        return self.body.get("outcome", "")


class Rest:
    """`url` is the gateway's, such as http://127.0.0.1:8080."""

    # Called with method, path and answer of every request of every client.
    on_answer: Callable[[str, str, Answer], None] | None = None

    def __init__(self, url: str, api_key: str, timeout_seconds: float = 35):
        self._address = urllib.parse.urlsplit(url).netloc
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._timeout = timeout_seconds

    def request(self, method: str, path: str, body: dict | str | None = None, **headers: str) -> Answer:
        """Header names are given with underscores: `Idempotency_Key="…"`. Raises OSError when no answer comes."""
        connection = http.client.HTTPConnection(self._address, timeout=self._timeout)
        try:
            data = body if isinstance(body, str) or body is None else json.dumps(body)
            sent = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
            if data is not None:
                sent.setdefault("Content-Type", "application/json")
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            text = answer.read()
            result = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()},
                            json.loads(text) if text else {})
            if Rest.on_answer:
                Rest.on_answer(method, path, result)
            return result
        except http.client.HTTPException as error:
            raise OSError(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: dict | str, **headers: str) -> Answer:
        return self.request("POST", path, body, **headers)


def await_answer(ask: Callable[[], Answer], wanted: Callable[[Answer], bool], seconds: float = 30) -> Answer:
    """Asks until the answer is as wanted, and returns it."""
    deadline = time.monotonic() + seconds
    while not wanted(answer := ask()):
        assert time.monotonic() < deadline, answer
        time.sleep(0.02)
    return answer
