#!/bin/bash
# The replay driver: passes on a good corpus, fails on an empty one and on an input that crashes the target.
set -euo pipefail
target=tests/fuzz/counting_target
corpus=$TEST_TMPDIR/corpus

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

mkdir -p "$corpus/nested"
if "$target" "$corpus"; then fail "an empty corpus passed"; fi
if "$target"; then fail "no corpus at all passed"; fi

printf 'a' >"$corpus/one"
: >"$corpus/nested/two"
"$target" "$corpus" 2>"$TEST_TMPDIR/log" || fail "a good corpus failed"
grep -q '^2 corpus files replayed$' "$TEST_TMPDIR/log" || fail "not every file was replayed"

printf '!' >"$corpus/crash"
if "$target" "$corpus"; then fail "a crashing input passed"; fi
exit 0
