#!/usr/bin/env bash
# fuzz/run.sh TARGET SECONDS: fuzzes one target with its dictionary and limits.
# What follows goes to libFuzzer. Status 0 if nothing was found.
set -euo pipefail
target=${1:?which target?}
seconds=${2:?for how many seconds?}
shift 2
cd "$(dirname "${BASH_SOURCE[0]}")/.."

options=(-max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -print_final_stats=1)
case $target in
  archive) options+=(-max_len=65536) ;;
  cel) options+=(-max_len=4096 -dict=fuzz/dictionaries/cel.dict) ;;
  frame) options+=(-max_len=2048) ;;
  source) options+=(-max_len=16384 -dict=fuzz/dictionaries/yaml.dict) ;;
esac
exec cargo +nightly fuzz run "$target" -- "${options[@]}" "$@"
