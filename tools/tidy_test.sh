#!/bin/bash
# The house rules on the whole tree, after the rules' own tests. Under Bazel this script is a symlink into the real tree.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
export PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 "$root/tools/tidy/rules_test.py"
/usr/bin/python3 "$root/tools/tidy/tidy.py" "$root"
