#!/usr/bin/env bash
# torture.sh [small] [ATTACK…]: attacks pyz3-wheel and checks that nothing is lost, half written or left running.
#
# kill      kill -9 at random moments: packing, zig builds, sdist, develop, --from-sdist, --verify-reproducible
# signals   SIGTERM, SIGHUP and SIGINT in the middle of zig builds
# disk      full disks below the output, the sdist, the project and the cache (needs root on Linux: it mounts tmpfs)
# race      four runs at once on one project
# rewrite   a source that is rewritten while wheels are packed
# remove    the output, the cache, .pyz3-wheel or the project removed during a build
# wheels    `check` on mutated wheels
# projects  ten commands on mutated pyproject.toml and build.zig.zon files
#
# Without an ATTACK all of them run. `small` tries each a few times. Prints a line for each attack and
# fails if one of them succeeded. The seed is printed; PYZ3_TORTURE_SEED=N repeats a run's choices.
#
# PYZ3_WHEEL names the program (default: a release build of this checkout), PYZ3_WHEEL_CACHE_DIR its cache
# (default: target/torture/cache).
set -euo pipefail

repo=$(cd "$(dirname "$0")/.." && pwd)
target=${CARGO_TARGET_DIR:-$repo/target}
if [ -z "${PYZ3_WHEEL:-}" ]; then
  cargo build --release --quiet --manifest-path "$repo/Cargo.toml"
  PYZ3_WHEEL=$target/release/pyz3-wheel
fi
export PYZ3_WHEEL PYZ3_WHEEL_CACHE_DIR=${PYZ3_WHEEL_CACHE_DIR:-$target/torture/cache}
exec python3 -B "$repo/scripts/torture" "$repo/docs/examples/hello" "$@"
