"""The house rules that no compiler checks. Each rule takes a path and the file's text and yields (line, message)."""

import re

# Files that may break a line rule, with the reason. A prefix names a folder, or one file.
ALLOWED = {
    "clock": {
        "common/clock/": "the one place that reads the machine's clock",
        "common/log/": "stamps log lines, which no decision depends on",
        "common/rpc/": "deadlines of gRPC are on the machine's clock, whatever clock a domain uses",
        "services/connector/base/thread_scheduler.cc": "the steady clock behind the connector's Scheduler",
        "services/connector/journal/group_committer.cc": "measures commits for a metric; no decision depends on it",
    },
    "sleep": {
        "common/clock/": "implements waiting for everyone else",
        "common/rpc/server.cc": "the configured pause of a drain, while load balancers notice",
        "tests/": "polls other processes, which have no condition variable to wait on",
    },
    "stdout": {
        "common/log/": "the sink itself",
    },
    "double": {
        "proto/mtsuite/connector/": "internal: hot paths",
        "proto/mtsuite/sim/": "internal: simulation parameters such as a price's volatility",
    },
    "file_length": {},
    "function_length": {
        "common/mt5wire/retcode.cc": "one switch, two lines for each code of the protocol",
    },
}

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 70


def _allowed(rule, path):
    return any(path.startswith(prefix) for prefix in ALLOWED[rule])


def is_cpp(path):
    return path.endswith((".cc", ".h"))


def is_test(path):
    return re.search(r"_(test|bench|fuzz)\.(cc|go|py)$", path) is not None or path.startswith("tests/")


def _lines_matching(text, pattern, message):
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(pattern, line):
            yield number, message


def _without_comment(text):
    """Drops // comments, so that prose may name what code must not call."""
    return "\n".join(re.sub(r"//.*", "", line) for line in text.splitlines())


def _without_blank_comments(text):
    """Drops the lines that hold nothing but a // comment."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("//"))


def sleeps(path, text):
    if (is_cpp(path) or path.endswith(".go")) and not _allowed("sleep", path):
        yield from _lines_matching(
            _without_comment(text),
            r"\bsleep_(for|until)\b|\bSleepFor\(|\b(u|nano)?sleep\(|\btime\.Sleep\(",
            "no sleeping: wait for the event, with a deadline (Clock, Notification, CondVar)",
        )


def clocks(path, text):
    # Tests may give real deadlines to real servers.
    if is_cpp(path) and not is_test(path) and not _allowed("clock", path):
        yield from _lines_matching(
            _without_comment(text),
            r"\babsl::Now\(|\b(system|steady|high_resolution)_clock::now\(|\btime\((nullptr|NULL|0)\)",
            "time is passed in: take a Clock (common/clock/clock.h)",
        )


def doubles(path, text):
    if path.startswith("proto/") and path.endswith(".proto") and not _allowed("double", path):
        yield from _lines_matching(
            _without_comment(text),
            r"^\s*(optional |repeated )?(double|float)\s+\w+\s*=|map<\w+,\s*(double|float)>",
            "no floating point in a public message: decimals are strings in plain notation",
        )


def stdout(path, text):
    product = is_cpp(path) and path.startswith(("common/", "services/")) and not is_test(path)
    if product and not _allowed("stdout", path):
        yield from _lines_matching(
            _without_comment(text), r"\bstd::c(out|err)\b|\bprintf\(", "log through common/log, not to stdout or stderr"
        )


def file_length(path, text):
    if path.endswith((".cc", ".h", ".go", ".proto", ".py", ".bzl", ".ts", ".js")) and not _allowed("file_length", path):
        # In a proto comments are the API's documentation, and a service cannot be split over files.
        count = (_without_blank_comments(text) if path.endswith(".proto") else text).count("\n")
        if count > MAX_FILE_LINES:
            yield count, f"{count} lines; split by concern, {MAX_FILE_LINES} is the most"


def unfinished(path, text):
    if path.endswith((".lock", ".sum", "package-lock.json")):
        return
    yield from _lines_matching(text, r"\b(TO" r"DO|FIX" r"ME)\b|(//|#).*\bXX" r"X\b", "unfinished work: do it, or leave it out")


def local_paths(path, text):
    yield from _lines_matching(
        text, r"(^|[\s\"'=(:])/(wo" r"rk|home/\w+|root|Users)/|bash_jo" r"bs|/tmp" r"/w/", "a path of one machine"
    )


def registries(path, text):
    hosts = r"\b(deb\.debian|registry\.npmjs|files\.pythonhosted|proxy\.golang|repo1\.maven)\."
    yield from _lines_matching(text, hosts, "a registry's host: package clients know theirs")


def lock_files(path, text):
    yield from _lines_matching(text, r'"resol' r'ved":\s*"http', "a download address in a lock file: strip it")


def dependencies(path, text):
    """Services meet in proto/ only, and common/ knows no service."""
    if not is_cpp(path):
        return
    owner = re.match(r"(services/\w+|common)/", path)
    if not owner:
        return
    for number, line in enumerate(text.splitlines(), 1):
        included = re.match(r'#include "(services/\w+)/', line)
        if included and included.group(1) != owner.group(1):
            yield number, f"{owner.group(1)} must not include {included.group(1)}: services meet in proto/"


def headers(path, text):
    if not path.endswith(".h"):
        return
    guard = re.sub(r"\W", "_", path).upper() + "_"
    if f"#ifndef {guard}\n#define {guard}\n" not in text:
        yield 1, f"include guard must be {guard}"
    yield from _lines_matching(text, r"^\s*using namespace\b", "no using namespace in a header")


def _blank_literals(text):
    """Comments, strings and characters replaced by spaces, newlines kept, so that braces can be counted."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n]){1,4}\'',
        re.DOTALL,
    )
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)


def function_length(path, text):
    """Bodies that open at namespace or class level after a parenthesis are functions."""
    if not is_cpp(path) or _allowed("function_length", path):
        return
    code = _blank_literals(text)
    stack = []  # (kind, line of the opening brace)
    head_start = 0
    line = 1
    for position, char in enumerate(code):
        if char == "\n":
            line += 1
        elif char == "{":
            head = code[head_start:position]
            if any(kind == "body" for kind, _ in stack):
                kind = "block"
            elif ")" in head and not re.search(r"\b(namespace|enum)\b|=\s*$", head):
                kind = "body"
            else:
                kind = "container"
            stack.append((kind, line))
            head_start = position + 1
        elif char == "}" and stack:
            kind, opened = stack.pop()
            if kind == "body" and line - opened + 1 > MAX_FUNCTION_LINES:
                yield opened, f"a function of {line - opened + 1} lines; {MAX_FUNCTION_LINES} is the most"
            head_start = position + 1
        elif char == ";":
            head_start = position + 1


ALL = [
    sleeps,
    clocks,
    doubles,
    stdout,
    file_length,
    function_length,
    unfinished,
    local_paths,
    registries,
    lock_files,
    dependencies,
    headers,
]
