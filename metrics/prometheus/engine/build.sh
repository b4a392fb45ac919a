#!/bin/sh
# Builds promql.wasm.br from the Go files beside it: the same WebAssembly on any machine, in any folder.
#   build.sh           writes it, its checksum and the licences of what is in it
#   build.sh --verify  builds, and compares with what is committed, without touching it
#   build.sh --fast    as the first, but packs in seconds instead of minutes, a little larger: for work in progress
set -eu

mode=${1:-}
case $mode in '' | --verify | --fast) ;; *) echo "usage: build.sh [--verify | --fast]" >&2; exit 2 ;; esac

here=$(cd "$(dirname "$0")" && pwd)
PATH=$here/../../../node_modules/.bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Exactly the pinned compiler: a newer one is not used, a missing one is downloaded by Go itself.
pinned=$(sed -n 's/^toolchain //p' "$here/go.mod")
export GOTOOLCHAIN="$pinned" GOFLAGS=-buildvcs=false GOWORK=off GOEXPERIMENT= GOWASM= CGO_ENABLED=0
found=$(cd "$here" && go env GOVERSION) || { echo "build.sh: needs $pinned (go.mod); no Go here can provide it" >&2; exit 1; }
[ "$found" = "$pinned" ] || { echo "build.sh: go.mod wants $pinned, this is $found" >&2; exit 1; }
echo "compiler: $found"

cp "$here"/*.go "$here"/go.mod "$here"/go.sum "$work"
cd "$work"
go mod vendor

# What WebAssembly can't do, and what we don't want linked: README.md says why, file by file.
upstream=vendor/github.com/prometheus/prometheus
rm -r $upstream/notifier $upstream/util/logging/dedupe.go $upstream/tsdb/fileutil/mmap_unix.go
sed -i.orig 's/^func contextDone(/func contextDoneByItself(/' $upstream/promql/engine.go
if cmp -s $upstream/promql/engine.go $upstream/promql/engine.go.orig; then
  echo "build.sh: upstream's contextDone is gone; see README.md on the deadline of a query" >&2
  exit 1
fi
cp -R "$here/_overlay/." vendor/

GOOS=wasip1 GOARCH=wasm go build -mod=vendor -trimpath -buildmode=c-shared -ldflags='-s -w -buildid=' -o promql.wasm .

if [ "$mode" != --verify ]; then
  modules=$(GOOS=wasip1 GOARCH=wasm go list -mod=vendor -deps -f '{{with .Module}}{{if .Version}}{{.Path}}@{{.Version}}{{end}}{{end}}' . | sort -u)
  # shellcheck disable=SC2086
  node "$here/third-party.ts" vendor "$(go env GOROOT)" $modules
fi
node "$here/pack.ts" "$mode" "$work/promql.wasm"
