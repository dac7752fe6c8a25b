#!/usr/bin/env bash
# bench.sh [ROUNDS]: how much time pyz3-wheel adds to the zig builds that it runs.
#
# Builds the 25 wheels of docs/examples/hello with Zig's caches filled, and runs the very same
# 25 `zig build` commands (recorded, with their environment) in a plain loop, two at a time, in the
# same caches. Prints the median of each, their ratio, and where the rest of the time is.
set -euo pipefail

rounds=${1:-7}
repo=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --release --quiet --manifest-path "$repo/Cargo.toml"
binary=${CARGO_TARGET_DIR:-$repo/target}/release/pyz3-wheel
cp -r "$repo/docs/examples/hello" "$work/hello"
rm -rf "$work/hello/dist" "$work/hello/.pyz3-wheel"
build=("$binary" --project "$work/hello" --all-platforms --all-pythons --jobs 2 --quiet --format json)

echo "filling the caches …"
"${build[@]}" > "$work/first.json"
zig=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["zig"]["path"])' "$work/first.json")

# A zig that writes down how it is called before it does what it is told.
mkdir "$work/commands"
cat > "$work/zig" <<RECORDER
#!/usr/bin/env bash
if [ "\${1:-}" = build ] && [[ " \$* " != *" --help "* ]]; then
  file=\$(mktemp "$work/commands/XXXXXXXX")
  { echo '#!/usr/bin/env bash'; export -p; printf 'cd %q\n' "\$PWD"; printf '%q ' exec "$zig" "\$@"; echo; } > "\$file"
fi
exec "$zig" "\$@"
RECORDER
chmod +x "$work/zig"
"${build[@]}" --zig "$work/zig" > /dev/null
echo "recorded $(find "$work/commands" -type f | wc -l) zig builds"

milliseconds() { # COMMAND...: how long it takes
  local begin=${EPOCHREALTIME/[.,]/}
  "$@" > "$work/out" 2> "$work/err" || { cat "$work/err" >&2; exit 1; }
  echo $(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
}
# shellcheck disable=SC2016  # $0 is the inner shell's: the name of the recorded command.
# The commands inherit our standard input, so they must not find the list of their names there.
loop() { find "$work/commands" -type f -print0 | xargs -0 -n 1 -P 2 bash -c 'exec bash "$0" < /dev/null'; }
median() { sort -n "$1" | sed -n "$((($(wc -l < "$1") + 1) / 2))p"; }

loop > /dev/null 2>&1
for ((round = 1; round <= rounds; round++)); do
  milliseconds loop >> "$work/loop"
  milliseconds "${build[@]}" >> "$work/ours"
  cp "$work/out" "$work/last.json"
done

ours=$(median "$work/ours") plain=$(median "$work/loop")
echo "25 wheels:             $ours ms (median of $rounds: $(sort -n "$work/ours" | tr '\n' ' '))"
echo "25 zig builds, a loop: $plain ms (median of $rounds: $(sort -n "$work/loop" | tr '\n' ' '))"
awk -v a="$ours" -v b="$plain" 'BEGIN { printf "ratio: %.3f (goal: at most 1.10)\n", a / b }'
python3 - "$work/last.json" <<'REPORT'
import json, sys
report = json.load(open(sys.argv[1]))
phases = [wheel["phases"] for wheel in report["wheels"]]
zig, rest = (sum(phase[name] for phase in phases) for name in ("zig", "rest"))
print(f"summed over the jobs of the last run: zig {zig * 1000:.0f} ms; sysroot, audit and packing {rest * 1000:.0f} ms")
REPORT
