#!/usr/bin/env bash
# Builds wheels with pyz3-wheel: finds the binary, or builds it, and passes every option on to it.
# Written for bash 3.2, which is what macOS has.
set -euo pipefail
unset CDPATH

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
  bold=$'\033[1m' red=$'\033[1;31m' green=$'\033[1;32m' plain=$'\033[0m'
else
  bold='' red='' green='' plain=''
fi

usage() {
  cat <<'HELP'
Build the wheels of a Python project whose extension is written in Zig.

usage: build-wheels.sh [OPTION]...

Every option goes to pyz3-wheel as it is; its own help follows below once it is built.
Without any option: --all-platforms --all-pythons --provision, in the current folder.

  build-wheels.sh                                               every wheel of this project; Pythons
                                                                that are missing are installed
  build-wheels.sh --project DIR --all-platforms --all-pythons   every wheel of another one
  build-wheels.sh --platform linux-aarch64 --python 3.12        one wheel
  build-wheels.sh --all-platforms --all-pythons --dry-run       what would be built

environment:
  PYZ3_WHEEL   the pyz3-wheel to run; else the one on PATH, else target/release
               beside this script, which `cargo build --release` makes when it is missing
  NO_COLOR     when set and not empty: no colour
HELP
}

say() { printf '%s%s%s %s\n' "$green" "$1" "$plain" "$2" >&2; }
fail() {
  printf '%serror:%s %s\n%shint:%s %s\n' "$red" "$plain" "$1" "$bold" "$plain" "$2" >&2
  exit 1
}

# The folder above the one where this script really is, also when it is called through a symlink.
checkout() {
  local self=${BASH_SOURCE[0]} target
  while [ -L "$self" ]; do
    target=$(readlink "$self")
    case $target in
      /*) self=$target ;;
      *) self=$(dirname "$self")/$target ;;
    esac
  done
  cd "$(dirname "$self")/.." && pwd -P
}

# Sets `binary` to the pyz3-wheel that is here, or to where cargo will put it and fails.
locate() {
  if [ -n "${PYZ3_WHEEL:-}" ]; then
    binary=$(type -P -- "$PYZ3_WHEEL") ||
      fail "PYZ3_WHEEL is \"$PYZ3_WHEEL\", which is no program that can be run" \
        "set it to the path of a pyz3-wheel, or unset it to have one found"
    return
  fi
  if binary=$(type -P pyz3-wheel); then return; fi
  binary=${CARGO_TARGET_DIR:-$root/target}/release/pyz3-wheel
  [ -x "$binary" ]
}

build() {
  grep -qs '^name = "pyz3-wheel"' "$root/Cargo.toml" ||
    fail "there is no pyz3-wheel on PATH, and $root is not its source tree to build it from" \
      "install it with pip install pyz3-wheel, or set PYZ3_WHEEL to its path"
  type -P cargo >/dev/null ||
    fail "there is no pyz3-wheel yet, and no cargo on PATH to build it with" \
      "install Rust from https://rustup.rs, or set PYZ3_WHEEL to the path of a pyz3-wheel"
  say building "pyz3-wheel, once (cargo build --release)"
  cargo build --release --manifest-path "$root/Cargo.toml" >&2 ||
    fail "cargo could not build pyz3-wheel" "the reason is above"
  [ -x "$binary" ] ||
    fail "cargo built pyz3-wheel, but it is not at $binary" \
      "CARGO_BUILD_TARGET and cargo's own configuration can move it: set PYZ3_WHEEL to where it is"
}

root=$(checkout)
case ${1:-} in
  -h | --help)
    usage
    if locate; then
      printf '\n'
      exec "$binary" --help
    fi
    exit 0
    ;;
esac
if [ $# -eq 0 ]; then
  set -- --all-platforms --all-pythons --provision
fi
locate || build
say running "$binary $*"
exec "$binary" "$@"
