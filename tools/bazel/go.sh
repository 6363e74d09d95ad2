#!/bin/bash
# Runs the go command in the folder of the given go.mod: `go.sh <go.mod> <command> [argument…]`.
#
# Bazel hands over a symlink to the real go.mod. Its folder is where go runs, so that go sees the module as a developer
# does; the inputs that Bazel watches are the `srcs` of the rule in go.bzl.
set -euo pipefail

module_dir=$(dirname "$(readlink -f "$1")")
shift
# The go that tools/setup chose: in .tools of the tree that the module is in.
tree=$module_dir
while [ "$tree" != / ] && [ ! -x "$tree/.tools/bin/go" ]; do tree=$(dirname "$tree"); done
PATH="$tree/.tools/bin:$PATH"
command -v go >/dev/null || {
  echo "go is not installed; tools/setup installs it" >&2
  exit 1
}

# Bazel gives tests a home of their own; the module and build caches are in the user's.
HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
export HOME PATH
export CGO_ENABLED=0 GOTOOLCHAIN="${GOTOOLCHAIN:-auto}" GOFLAGS="-buildvcs=false -trimpath ${GOFLAGS:-}"

# -o names a path below the folder that Bazel started us in.
start_dir=$PWD
arguments=()
for argument in "$@"; do
  arguments+=("${argument/#@OUT@/$start_dir}")
done
cd "$module_dir"
exec go "${arguments[@]}"
