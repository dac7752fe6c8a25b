#!/usr/bin/env bash
# Runs built fuzz targets one after the other: run.sh SECONDS TARGET…, or run.sh regressions.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
host=$(rustc -vV | sed -n 's/^host: //p')
programs=${CARGO_TARGET_DIR:-$here/target}/$host/release
limits=(-timeout=10 -rss_limit_mb=256)

if [ "$1" = regressions ]; then
    failed=0
    for input in "$here"/regressions/*/*; do
        target=$(basename "$(dirname "$input")")
        mkdir -p "$here/artifacts/$target"
        if "$programs/$target" "${limits[@]}" -artifact_prefix="$here/artifacts/$target/" "$input" >/dev/null 2>&1; then
            echo "passed  $target/$(basename "$input")"
        else
            echo "FAILED  $target/$(basename "$input")"
            failed=1
        fi
    done
    exit "$failed"
fi

seconds=$1
shift
for target in "$@"; do
    mkdir -p "$here/grown/$target" "$here/artifacts/$target"
    "$programs/$target" "${limits[@]}" -max_total_time="$seconds" -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="$here/artifacts/$target/" "$here/grown/$target" "$here/corpus/$target"
done
