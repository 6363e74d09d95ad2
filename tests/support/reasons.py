"""What the OpenAPI document, and so the protos' comments, say that each operation can fail with."""

import re
from collections.abc import Iterator

# In capitals, with backquotes or without.
NAME = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b|\b(?:INTERNAL|CANCELLED|REQUOTE)\b")
THOSE_OF = re.compile(r"those of\s+`?(\w+)`?")
EVERY_CALL = "Every call can also fail with:"
EVERY_REQUEST = "**Reasons.**"


class DocumentedReasons:
    """`document` is /openapi.json. Reasons of an operation are its own, its service's and the gateway's."""

    def __init__(self, document: dict):
        general = _reasons_after(document["info"]["description"], EVERY_REQUEST)
        of_service = {tag["name"]: _reasons_after(tag["description"], EVERY_CALL) for tag in document["tags"]}
        operations = {operation["operationId"]: operation.get("description", "")
                      for methods in document["paths"].values() for operation in methods.values()}
        # What an operation's description names itself.
        self.own = {name: _reasons_after(text, "**Reasons") for name, text in operations.items()}
        self._operations = []
        for template, methods in document["paths"].items():
            pattern = re.compile(re.sub(r"\\{[A-Za-z.]+\\}", "[^/:]+", re.escape(template)) + r"(\?.*)?$")
            for method, operation in methods.items():
                name = operation["operationId"]
                reasons = self.own[name] | general | of_service[operation["tags"][0]]
                for other in THOSE_OF.findall(operations[name]):
                    reasons |= self.own[other[0].lower() + other[1:]]
                self._operations.append((method.upper(), pattern, name, reasons))

    def of(self, method: str, path: str) -> tuple[str, set[str]] | None:
        """The operation's name and its reasons; None when there is no such operation."""
        for its_method, pattern, name, reasons in self._operations:
            if its_method == method and pattern.match(path):
                return name, reasons
        return None


def _reasons_after(text: str, marker: str) -> set[str]:
    before, _, after = text.partition(marker)
    return set(NAME.findall(after)) if after else set()


def reasons_in(body: object) -> Iterator[str]:
    """The reasons in an answer: a problem's own, and those of a batch's items."""
    if isinstance(body, dict):
        if isinstance(body.get("reason"), str) and NAME.fullmatch(body["reason"]):
            yield body["reason"]
        for value in body.values():
            yield from reasons_in(value)
    elif isinstance(body, list):
        for value in body:
            yield from reasons_in(value)
