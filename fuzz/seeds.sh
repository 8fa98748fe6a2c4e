#!/usr/bin/env bash
# Writes the seeds of all fuzz targets to fuzz/corpus. Quick to repeat.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cargo run --quiet --locked -p rulestone-fuzz-targets --example seeds -- fuzz/corpus
