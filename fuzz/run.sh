#!/usr/bin/env bash
# fuzz/run.sh TARGET SECONDS: fuzzes one target with its dictionary and limits,
# beginning with its corpus and what is kept of it in fuzz/regressions. What
# follows goes to libFuzzer. Ends with how many inputs were tried a second. Status 0 if
# nothing was found.
set -euo pipefail
target=${1:?which target?}
seconds=${2:?for how many seconds?}
shift 2
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source fuzz/unstable.sh

# Of cargo-fuzz's own, such as a target folder: FUZZ_OPTIONS="--target-dir …".
read -r -a of_cargo <<<"${FUZZ_OPTIONS:-}"
# The sanitizer keeps every stack that memory was ever allocated from. With all
# their frames, targets that recurse would be out of memory within minutes. Frames of
# the stack that outlive their call would have to come from unsafe code that keeps
# pointers to them, and there is none.
export ASAN_OPTIONS="malloc_context_size=1:detect_stack_use_after_return=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
mkdir -p "fuzz/corpus/$target"
# Choosing inputs by how rare is what they reach takes longer than running them.
options=(-entropic=0 -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=64 -print_final_stats=1)
case $target in
  archive | archive_raw) options+=(-max_len=32768) ;;
  cel | expression) options+=(-max_len=2048 -dict=fuzz/dictionaries/cel.dict) ;;
  decision | differential | limits) options+=(-max_len=2048) ;;
  facts) options+=(-max_len=4096 -dict=fuzz/dictionaries/facts.dict) ;;
  frame | signature) options+=(-max_len=2048) ;;
  roundtrip | source)
    # There is CEL in the YAML, and libFuzzer takes one dictionary.
    cat fuzz/dictionaries/{yaml,cel}.dict >fuzz/corpus/source.dict
    options+=(-max_len=8192 -dict=fuzz/corpus/source.dict)
    ;;
esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
unstable fuzz run --no-trace-compares "${of_cargo[@]}" "$target" "fuzz/corpus/$target" "fuzz/regressions/$target" \
  -- "${options[@]}" "$@" 2>&1 | tee "$log" || status=$?
speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log" | tail -n 1)
# Of several processes (-fork) nobody counts.
echo "$target: ${speed:-an unknown number of} runs a second"
exit "$status"
