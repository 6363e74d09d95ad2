#!/usr/bin/env python3
"""Checks every file that git knows against the rules in rules.py: `tidy.py [root]`."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rules

# Written by tools: checked for drift elsewhere, not for style.
GENERATED = ("gateway/gen/", "gateway/openapi/")
# Data that tests read as it is.
DATA_SUFFIXES = (".csv", ".sum", ".bin", ".png", ".ico", ".gz")


def tracked_files(root):
    """Files known to git and new ones that are not ignored; fails outside a clone rather than check nothing."""
    output = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
    ).stdout.decode()
    return sorted(set(filter(None, output.split("\0"))))


def is_checked(path):
    return not path.startswith(GENERATED) and not path.endswith(DATA_SUFFIXES) and "/corpus/" not in path


def problems_of(path, text):
    for rule in rules.ALL:
        for line, message in rule(path, text):
            yield f"{path}:{line}: {message} [{rule.__name__}]"


def main(root):
    checked = 0
    problems = []
    for path in filter(is_checked, tracked_files(root)):
        file = root / path
        if not file.is_file():
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            problems.append(f"{path}:1: not UTF-8; binary data belongs below a corpus/ folder [encoding]")
            continue
        checked += 1
        problems += problems_of(path, text)
    for problem in problems:
        print(problem)
    print(f"tidy: {checked} files, {len(problems)} problems")
    return 1 if problems or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
