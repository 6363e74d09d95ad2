"""The Web API of mtsim for what the control service has no call for: groups with commissions."""

import json
import socket

from pymt5pure import MT5Client
from pymt5pure.request import Request


class WholeReads:
    """A socket whose reads are complete. pymt5pure takes a header that arrives in two segments for a broken one, and the
    end of the connection for a ping."""

    def __init__(self, inner: socket.socket):
        self._inner = inner

    def recv(self, size: int) -> bytes:
        data = self._inner.recv(size, socket.MSG_WAITALL)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data

    def __getattr__(self, name):
        return getattr(self._inner, name)


class _AddGroup(Request):
    @staticmethod
    def format_body(cmd: str, params: dict) -> str:
        return f"{cmd}|\r\n{json.dumps(params)}"


def add_groups(port: int, login: int, password: str, groups: list[dict]) -> None:
    """Adds groups, given as the platform's records; members that are left out have the server's defaults."""
    client = MT5Client("127.0.0.1", port, timeout=30, is_crypt=False)
    client.connect(str(login), password)
    client.socket = WholeReads(client.socket)
    try:
        for group in groups:
            client.send(_AddGroup(cmd="GROUP_ADD", params=group))
            assert client.recv().status_code == 0, group
    finally:
        client.disconnect()
