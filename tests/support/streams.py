"""Readers of the streams of docs/streaming.md, in both forms: they yield messages as they come."""

import contextlib
import http.client
import json
import socket
import urllib.parse
from collections.abc import Callable, Iterator

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect

# "No message for 15 seconds means that the connection is dead."
SILENCE_SECONDS = 15


class Refused(Exception):
    """The stream was not opened: an HTTP status and its problem."""

    def __init__(self, status: int, body: bytes):
        super().__init__(f"{status} {body.decode(errors='replace')}")
        self.status = status


class Silent(Exception):
    """Not even a heartbeat came."""


class Connection:
    """An open stream: iterate over its messages; `hang_up` may be called by any thread."""

    def __init__(self, messages: Iterator[dict], hang_up: Callable[[], None]):
        self._messages = messages
        self.hang_up = hang_up

    def __iter__(self) -> Iterator[dict]:
        return self._messages


def _with_query(path: str, query: dict[str, str]) -> str:
    return f"{path}{'&' if '?' in path else '?'}{urllib.parse.urlencode(query)}" if query else path


@contextlib.contextmanager
def websocket(url: str, key: str, path: str, position: dict | None) -> Iterator[Connection]:
    """Raises Refused, or OSError when nobody is there. Ends of the connection end the iteration."""
    query = {f"resumeAfter.{name}": value for name, value in (position or {}).items()}
    with contextlib.ExitStack() as stack:
        try:
            stream = stack.enter_context(connect(
                f"{url.replace('http', 'ws', 1)}{_with_query(path, query)}", max_size=None, open_timeout=SILENCE_SECONDS,
                close_timeout=1, additional_headers={"Authorization": f"Bearer {key}"}, proxy=None))
        except InvalidStatus as error:
            raise Refused(error.response.status_code, bytes(error.response.body or b"")) from error
        except (EOFError, InvalidHandshake) as error:
            raise OSError("the connection ended while it was opened") from error

        def hang_up() -> None:
            """Without a closing handshake."""
            with contextlib.suppress(OSError):
                stream.socket.shutdown(socket.SHUT_RDWR)

        stack.callback(hang_up)
        yield Connection(_messages(stream), hang_up)


def _messages(stream: ClientConnection) -> Iterator[dict]:
    while True:
        try:
            yield json.loads(stream.recv(timeout=SILENCE_SECONDS))
        except TimeoutError as error:
            raise Silent from error
        except (ConnectionClosed, OSError):
            return


@contextlib.contextmanager
def server_sent_events(url: str, key: str, path: str, position: dict | None) -> Iterator[Connection]:
    """The same over plain HTTP."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=SILENCE_SECONDS)
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    if position:
        headers["Last-Event-ID"] = f"{position['epoch']}:{position['sequence']}"
    try:
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = b"" if answer.status == 200 else answer.read()
        except http.client.HTTPException as error:
            raise OSError("the connection ended while it was opened") from error
        if answer.status != 200:
            raise Refused(answer.status, body)
        # An answer of unknown length takes the socket over from its connection.
        sock = connection.sock or answer.fp.raw._sock
        yield Connection(_events(answer), lambda: sock.shutdown(socket.SHUT_RDWR))
    finally:
        connection.close()


def _events(answer: http.client.HTTPResponse) -> Iterator[dict]:
    event_id = ""
    while True:
        try:
            line = answer.readline().decode()
        except TimeoutError as error:
            raise Silent from error
        except (OSError, http.client.HTTPException, ValueError):
            return
        if not line.endswith("\n"):
            return
        name, _, value = line.rstrip("\n").partition(": ")
        if name == "id":
            event_id = value
        if name == "data":
            message = json.loads(value)
            position = message.get("position")
            assert position is None or event_id == f"{position['epoch']}:{position['sequence']}", (event_id, message)
            yield message
