#!/bin/bash
# The house rules on the whole tree, after the rules' own tests. WORKSPACE is a symlink to the real tree's.
set -euo pipefail
root=$(dirname "$(readlink -f WORKSPACE)")
export PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 "$root/tools/tidy/rules_test.py"
/usr/bin/python3 "$root/tools/tidy/tidy.py" "$root"
