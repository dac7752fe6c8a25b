#!/usr/bin/env bash
# bench.sh [build] [ROUNDS]: how much time pyz3-wheel adds to the zig builds that it runs.
# bench.sh noop [ROUNDS]:    how much time an unchanged matrix takes.
# bench.sh develop [ROUNDS]: how much time `develop` takes when it is run again.
# bench.sh check [ROUNDS] [WHEEL...]: how much time `check` takes, and the other checkers on the same wheels.
# bench.sh start [ROUNDS]:   how large the program is, and how long it takes to start.
# bench.sh pack [ROUNDS]:    how much time the packing takes, and the field's packers on the same trees.
#
# build: builds the 25 wheels of docs/examples/hello with Zig's caches filled, and runs the very same
# 25 `zig build` commands (recorded, with their environment) in a plain loop, two at a time, in the
# same caches. Prints the median of each, their ratio, and where the rest of the time is.
#
# noop: builds the 25 wheels, then asks for them again: with nothing changed, and with one Zig source
# touched. Prints the medians, and fails if a zig was started for it.
#
# develop: installs the package, in a release build, into a fresh virtual environment and
# docs/examples/hello by `develop`. Then runs that again: with nothing changed, with one Zig source touched,
# with one changed. Prints the medians, and fails if an import does not show the last change.
#
# check: checks the wheels of tests/fixtures/agreement (downloaded with pip, kept in target/) and the given ones,
# each in a call of its own, with `check`, and with auditwheel, abi3audit, check-wheel-contents and twine. Prints
# wall and CPU time of each tool, the ratio of the CPU times by size of the wheels, and the time for the largest.
#
# start: the size of the program, and the time of `--version` of it, of maturin and of uv, in turn.
#
# pack: packs a large tree (200 MB, 3,000 files, five binaries cut from a Zig of the tests) and a small
# one with the packing stage alone (tests/bench/pack.rs), `uv build`, hatchling, maturin and `wheel
# pack`, in turn. Prints wall and CPU time and peak memory of each, and the ratios; what else the machine does
# weighs on both sides of a ratio. Set ZIG to a zig if the tests have not fetched one yet.
set -euo pipefail

what=build
case ${1:-} in
  build | noop | develop | check | start | pack) what=$1 && shift ;;
  '' | *[!0-9]*) [ -z "${1:-}" ] || { echo "usage: bench.sh [build|noop|develop|check|start|pack] [ROUNDS]" >&2 && exit 2; } ;;
esac
rounds=${1:-7}
repo=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --release --quiet --manifest-path "$repo/Cargo.toml"
binary=${CARGO_TARGET_DIR:-$repo/target}/release/pyz3-wheel
milliseconds() { # COMMAND...: how long it takes
  local begin=${EPOCHREALTIME/[.,]/}
  "$@" > "$work/out" 2> "$work/err" || { cat "$work/err" >&2; exit 1; }
  echo $(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
}
median() { sort -n "$1" | sed -n "$((($(wc -l < "$1") + 1) / 2))p"; }

# --- build: against a plain loop ------------------------------------------------------------------

if [ "$what" = build ]; then
cp -r "$repo/docs/examples/hello" "$work/hello"
rm -rf "$work/hello/dist" "$work/hello/.pyz3-wheel"
build=("$binary" --project "$work/hello" --all-platforms --all-pythons --jobs 2 --quiet --no-cache --format json)

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

# shellcheck disable=SC2016  # $0 is the inner shell's: the name of the recorded command.
# The commands inherit our standard input, so they must not find the list of their names there.
loop() { find "$work/commands" -type f -print0 | xargs -0 -n 1 -P 2 bash -c 'exec bash "$0" < /dev/null'; }
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
  exit
fi

# --- noop: nothing changed ------------------------------------------------------------------------

if [ "$what" = noop ]; then
  cp -r "$repo/docs/examples/hello" "$work/hello"
  rm -rf "$work/hello/dist" "$work/hello/.pyz3-wheel"
  build=("$binary" --project "$work/hello" --all-platforms --all-pythons --jobs 2 --quiet --format json)
  echo "building …"
  "${build[@]}" > "$work/first.json"
  zig=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["zig"]["path"])' "$work/first.json")
  # Nothing of what was just written may be too young to be trusted.
  sleep 3
  "${build[@]}" > "$work/second.json"
  python3 -c 'import json, sys; assert {w["work"] for w in json.load(open(sys.argv[1]))["wheels"]} == {"unchanged"}' "$work/second.json"
  touched() {
    touch "$work/hello/src/native.zig"
    milliseconds "${build[@]}"
  }
  for ((round = 1; round <= rounds; round++)); do
    milliseconds "${build[@]}" >> "$work/same"
    touched >> "$work/touched"
  done
  python3 < "$work/out" -c 'import json, sys; w = json.load(sys.stdin)["wheels"]; assert len(w) == 25 and {x["work"] for x in w} == {"unchanged"}'
  if strace -f -e trace=execve -o "$work/trace" "${build[@]}" > /dev/null 2>&1; then
    ! grep -F "$zig" "$work/trace" || { echo "a zig was started" >&2 && exit 1; }
  else
    echo "no strace: whether a zig is started was not looked at"
  fi
  echo "25 wheels unchanged:      $(median "$work/same") ms (median of $rounds: $(sort -n "$work/same" | tr '\n' ' '); goal: at most 150)"
  echo "with a source touched:    $(median "$work/touched") ms (median of $rounds: $(sort -n "$work/touched" | tr '\n' ' '))"
  exit
fi

kept=${CARGO_TARGET_DIR:-$repo/target}/tmp

maturin_and_uv() { # installs them, once; sets $tools
  tools=$kept/start-venv/bin
  mkdir -p "$kept"
  if [ ! -x "$tools/uv" ] || [ ! -x "$tools/maturin" ]; then
    echo "installing maturin and uv …"
    python3 -m venv "$kept/start-venv"
    "$tools/python" -m pip install --quiet --disable-pip-version-check maturin uv
  fi
}

# --- develop: as it is run over and over ----------------------------------------------------------

if [ "$what" = develop ]; then
  maturin_and_uv
  "$tools/maturin" build --release --quiet --out "$work/wheels" --manifest-path "$repo/Cargo.toml"
  python3 -m venv "$work/venv"
  export VIRTUAL_ENV=$work/venv PATH=$work/venv/bin:$PATH
  python -m pip install --quiet --disable-pip-version-check --no-index "$work"/wheels/*.whl
  cp -r "$repo/docs/examples/hello" "$work/hello"
  rm -rf "$work/hello/dist" "$work/hello/.pyz3-wheel"
  source=$work/hello/src/native.zig
  develop() { milliseconds pyz3-wheel develop --project "$work/hello"; }
  echo "first run:               $(develop) ms"
  # Nothing of what was just written may be too young to be trusted.
  sleep 3
  for ((round = 1; round <= rounds; round++)); do develop >> "$work/same"; done
  for ((round = 1; round <= rounds; round++)); do
    touch "$source"
    develop >> "$work/touched"
  done
  for ((round = 1; round <= rounds; round++)); do
    sed -i "s/Hello[0-9]*, /Hello$round, /" "$source"
    develop >> "$work/changed"
  done
  greeting=$(cd "$work" && PYZ3_WHEEL_REBUILD=0 python -c 'import hello; print(hello.greet("Zig"))')
  [ "$greeting" = "Hello$rounds, Zig!" ] || { echo "an import says: $greeting" >&2 && exit 1; }
  echo "with nothing changed:    $(median "$work/same") ms (median of $rounds: $(sort -n "$work/same" | tr '\n' ' '); goal: under 500)"
  echo "with a source touched:   $(median "$work/touched") ms (median of $rounds: $(sort -n "$work/touched" | tr '\n' ' '))"
  echo "with a source changed:   $(median "$work/changed") ms (median of $rounds: $(sort -n "$work/changed" | tr '\n' ' '))"
  exit
fi

# --- start: the program as such -------------------------------------------------------------------

if [ "$what" = start ]; then
  maturin_and_uv
  echo "pyz3-wheel has $(wc -c < "$binary" | awk '{ printf "%.1f", $1 / 1e6 }') MB"
  python3 - "$rounds" "$binary" "$tools/maturin" "$tools/uv" <<'REPORT'
import pathlib, statistics, subprocess, sys, time

rounds, programs = int(sys.argv[1]) * 5, sys.argv[2:]
times = {program: [] for program in programs}
for _ in range(rounds):
    for program in programs:
        begin = time.perf_counter()
        subprocess.run([program, "--version"], check=True, stdout=subprocess.DEVNULL)
        times[program].append((time.perf_counter() - begin) * 1000)
for program, found in times.items():
    print(f"{pathlib.Path(program).name:12} --version: {statistics.median(found):.1f} ms (median of {rounds})")
REPORT
  exit
fi

# --- pack: against the field's packers ------------------------------------------------------------

if [ "$what" = pack ]; then
mkdir -p "$kept"
tools=$kept/pack-venv/bin
if [ ! -x "$tools/uv" ] || [ ! -x "$tools/hatchling" ] || [ ! -x "$tools/maturin" ]; then
  echo "installing the field's packers …"
  python3 -m venv "$kept/pack-venv"
  "$tools/python" -m pip install --quiet --disable-pip-version-check uv hatchling maturin wheel
fi
zig=${ZIG:-$(find "$kept/cache/zig" -name zig -type f -size +20M 2> /dev/null | sort | sed -n 1p)}
[ -n "$zig" ] || { echo "no zig to cut binaries from: set ZIG" >&2 && exit 2; }
pack=$(cargo build --release --quiet --bench pack --message-format json --manifest-path "$repo/Cargo.toml" |
  python3 -c 'import json, sys; print(*(m["executable"] for m in map(json.loads, sys.stdin) if m.get("executable") and m["target"]["name"] == "pack"))')
python3 "$repo/scripts/bench_pack.py" "$pack" "$binary" "$tools" "$zig" "$work" "$rounds"
exit
fi

# --- check: against other checkers ----------------------------------------------------------------

fixtures=$repo/tests/fixtures/agreement
mkdir -p "$kept/agreement"
if [ ! -x "$kept/bench-venv/bin/twine" ]; then
  echo "installing the other checkers …"
  python3 -m venv "$kept/bench-venv"
  "$kept/bench-venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$fixtures/requirements.txt"
fi
tools=$kept/bench-venv/bin
"$tools/python" "$fixtures/fetch.py" "$fixtures/wheels.txt" "$kept/agreement" > "$work/fetched.json"
"$tools/python" -c 'import json, sys; print("\n".join(w["path"] for w in json.load(sys.stdin) if w["ok"]))' \
  < "$work/fetched.json" > "$work/wheels"
mapfile -t wheels < "$work/wheels"
python3 "$repo/scripts/bench_check.py" "$binary" "$tools" "$rounds" "${wheels[@]}" "${@:2}"
