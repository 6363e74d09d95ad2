#!/usr/bin/env bash
# The tool as a user runs it, on real files; and the hash as anybody can make it, without mtsuite's code.
set -euo pipefail
verify=$PWD/$1
sample=$PWD/$2
cd "$TEST_TMPDIR"

fail() {
  echo "FAILED: $1" >&2
  exit 1
}
# refuses <exit code> <text> <arguments…>: the tool ends with the code and says the text.
refuses() {
  local expected=$1 text=$2 code=0
  shift 2
  "$verify" "$@" >said 2>&1 || code=$?
  [ "$code" = "$expected" ] || fail "exit code $code instead of $expected: $(cat said)"
  grep -qF -- "$text" said || fail "does not say '$text': $(cat said)"
}

"$sample" certificate.json chain.jsonl
"$verify" certificate.json --report=report.html >said
grep -q '^OK  breach .* EQUITY 92993.77, limit 93000.00$' said || fail "$(cat said)"
grep -q '</html>' report.html || fail "no report"
"$verify" --chain chain.jsonl >said
grep -q '^OK  2 records, 1 breaches' said || fail "$(cat said)"
head=$(grep -o '[0-9a-f]*$' said)
"$verify" --chain chain.jsonl --head="$head" >said || fail "the head was not accepted"

sed 's/92993.77/92993.78/' certificate.json >changed.json
refuses 1 'WRONG  evidence: record 1 was changed' changed.json
sed 's/"balance": "97000.00"/"balance": "97000.00", "balance": "97000.00"/' certificate.json >twice.json
refuses 1 'is there twice' twice.json
head -n 1 chain.jsonl >shorter.jsonl
refuses 1 'records are missing at its end' --chain shorter.jsonl --head="$head"
tail -n 1 chain.jsonl >rest.jsonl
refuses 1 'is not the one that follows 0' --chain rest.jsonl
refuses 2 'cannot read' nothing.json
refuses 2 'verify_breach certificate.json'

# The certificate needs no trust in this code: its hashes are SHA-256 over plain JSON.
python3 - certificate.json <<'PYTHON'
import hashlib, json, sys

certificate = json.load(open(sys.argv[1], encoding="utf-8"))
for record in [certificate["evidence"], *certificate["outcomes"]]:
    said = record.pop("hash")
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == said, record["sequence"]
PYTHON
echo passed
