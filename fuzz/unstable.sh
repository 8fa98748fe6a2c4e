# Sourced by fuzz/run.sh and .ci/run: `unstable ARGUMENTS…` is cargo that takes what only
# nightly toolchains take, sanitizers and coverage. Where there is no nightly toolchain, or
# NO_NIGHTLY is set, it is the toolchain at hand, told to behave as one.
# shellcheck shell=bash

if [[ -z ${NO_NIGHTLY:-} ]] && cargo +nightly --version >/dev/null 2>&1; then
  unstable() { cargo +nightly "$@"; }
else
  unstable() { RUSTC_BOOTSTRAP=1 cargo "$@"; }
fi
