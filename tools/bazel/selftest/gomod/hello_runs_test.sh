#!/bin/bash
# The binary that the Go rule built runs from a test's runfiles.
set -euo pipefail
[ "$("$1")" = "hello mtsuite" ]
