#!/usr/bin/env bash
# Makes, lists and revokes keys with the built tool.
set -euo pipefail
apikey=$PWD/$1
cd "$TEST_TMPDIR"

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

key=$("$apikey" create --file=keys.yaml --id=crm --scopes=accounts.read,funds.write --servers=mt5-demo \
  --comment='the "CRM"')
[[ $key =~ ^mts_crm_[0-9A-Za-z]{43}$ ]] || fail "not a key: $key"
grep -q "${key: -43}" keys.yaml && fail "the file holds the secret"
"$apikey" create --file=keys.yaml --id=dev --scopes=all --valid_for=24h >/dev/null
"$apikey" list --file=keys.yaml >listing
[[ $(wc -l <listing) == 2 ]] || fail "list does not show both"
grep -q '^crm scopes=accounts.read,funds.write servers=mt5-demo  # the "CRM"$' listing || fail "list"
grep -q '^dev .*sim.control.* expires=20' listing || fail "all scopes"
"$apikey" revoke --file=keys.yaml --id=crm
"$apikey" list --file=keys.yaml >listing
grep -q '^crm .*revoked' listing || fail "revoke"

refused=$("$apikey" create --file=keys.yaml --id=crm --scopes=all 2>&1) && fail "an id was used twice"
[[ $refused == *"already"* ]] || fail "$refused"
refused=$("$apikey" create --file=keys.yaml --id=x --scopes=acounts.read 2>&1) && fail "an unknown scope was taken"
[[ $refused == *"did you mean 'accounts.read'"* ]] || fail "$refused"
"$apikey" nonsense --file=keys.yaml 2>/dev/null && fail "an unknown command was taken"
"$apikey" scopes >known
grep -q '^accounts.read$' known || fail "scopes"
echo passed
