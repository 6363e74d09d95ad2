"""The administrator of the simulated server: changes groups and symbols over its Web API, as the platform's own tools do."""

import json
import re

import pymt5pure.request
from pymt5pure import MT5Client

# pymt5pure writes four backslashes for one, so that no real group could be named. This is what the protocol says.
pymt5pure.request.escape = lambda text: re.sub(r"([\\\\|=\n])", r"\\\1", text)


class _BodyRequest(pymt5pure.request.Request):
    """A request with a JSON body, which pymt5pure does not know."""

    @staticmethod
    def format_body(cmd: str, params: dict) -> str:
        return f"{cmd}|\r\n{json.dumps(params)}"


class _Client(MT5Client):
    def start_keepalive(self):
        """Nothing: the connection is short."""


class Administrator:
    """Logs in for each change."""

    def __init__(self, port: int, login: int, password: str):
        self._port, self._login, self._password = port, login, password

    def add_group(self, name: str, like: str, **members) -> None:
        """Adds a group, or changes it. Members have the names of the Web API; others are those of the group `like`."""
        self._add("GROUP", name, like, members)

    def add_symbol(self, name: str, like: str, **members) -> None:
        """Adds a symbol, or changes it, likewise. It has no price until it is given one."""
        self._add("SYMBOL", name, like, members)

    def _add(self, kind: str, name: str, like: str, members: dict) -> None:
        client = _Client("127.0.0.1", self._port, timeout=30)
        client.connect(str(self._login), self._password)
        try:
            model = client(f"{kind}_GET", **{kind: like}).json
            body = model | {kind.capitalize(): name} | members
            client.send(_BodyRequest(f"{kind}_ADD", body, encrypter=client.crypter.encrypt))
            stored = client.recv().json
            # The server leaves out what it does not understand.
            refused = {key: stored.get(key) for key, value in members.items() if stored.get(key) != value}
            assert not refused, f"{kind}_ADD of {name} stored {refused}"
        finally:
            client.disconnect()
