# Sourced by the other scripts: where things are, how to speak, how to become root.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${MILLWRIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/millwright}
SITE=$ROOT/target/site
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}
WASM_TARGET_DIR=$CACHE/target-wasm
WASM_TARGET=wasm32-unknown-unknown
# Views without their types: both sides need it alike, or the browser cannot take over what the server drew.
case " ${RUSTFLAGS:-} " in
  *" erase_components "*) ;;
  *) export RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }--cfg erase_components" ;;
esac
mkdir -p "$CACHE"
cd "$ROOT"

# own FOLDER: forgets what another checkout built of our crates there. Cargo tells them apart by their
# place in the workspace, not by the workspace's, and takes an old file's newer artifact as its own.
own() {
  local crate
  [ "$(cat "$1/checkout" 2>/dev/null)" != "$ROOT" ] || return 0
  mkdir -p "$1"
  for crate in app server frontend $(ls crates); do
    find "$1" -maxdepth 4 -path "*/.fingerprint/$crate-????????????????" -prune -exec rm -rf {} +
  done
  echo "$ROOT" >"$1/checkout"
}

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Cargo shows its progress to a person, and only errors to a log.
if [ -t 2 ]; then QUIET=(); else QUIET=(--quiet); fi

# as_root CMD...: runs CMD with root's rights; 1 when there is no way to get them without asking.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then sudo "$@"
  else return 1
  fi
}

# locked NAME CMD...: one process at a time per name, over all checkouts that share the cache.
locked() {
  local name=$1; shift
  ( flock 9; "$@" ) 9>"$CACHE/$name.lock"
}

# version_of CRATE: the version Cargo.lock pins.
version_of() {
  awk -v name="\"$1\"" '$1 == "name" && $3 == name { getline; gsub(/"/, "", $3); print $3; exit }' Cargo.lock
}

locked checkout own "$CARGO_TARGET_DIR"
locked checkout own "$WASM_TARGET_DIR"
