#!/usr/bin/env bash
# venv.sh SET - make a virtual environment hold exactly the packages of requirements/SET.lock.
# Sets kit and dev share .venv, another set has .venv-SET. Quick and silent when it does already; dev contains kit, so
# a complete dev serves both.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

readonly set=${1:-}
case $set in kit | dev) venv=.venv ;; *) venv=.venv-$set ;; esac
readonly venv stamp=$venv/installed

fail() { printf 'venv.sh: %s\n' "$*" >&2; exit 1; }
say() { printf '%s\n' "$*" >&2; }

# What the stamp says of a complete set. With the place, because a venv's scripts carry it: a moved checkout starts anew.
complete() { printf '%s %s %s' "$1" "$(sha256sum <"requirements/$1.lock" | cut -c1-64)" "$PWD"; }

up_to_date() {
  [ -x $venv/bin/python ] && [ -f $stamp ] || return 1
  local found; found=$(<$stamp)
  [ "$found" = "$(complete "$set")" ] || { [ "$set" = kit ] && [ "$found" = "$(complete dev)" ]; }
}

find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"; return
    fi
  done
  fail "no Python 3.11 or newer in PATH: install one (Debian 12: apt-get install python3 python3-venv)"
}

# Debian ships the standard library's venv without ensurepip unless this package is there.
ensure_ensurepip() {
  "$1" -c 'import ensurepip' 2>/dev/null && return
  local package; package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  say "installing $package with apt: $1 cannot make virtual environments without it"
  local sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
  command -v apt-get >/dev/null || fail "no apt-get here: make 'import ensurepip' work in $1, then run this again"
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
}

install() {
  # What a link leads to belongs to another checkout; making it anew there would empty it.
  [ ! -L $venv ] || fail "$venv is a link to $(readlink $venv): remove the link, then run this again"
  rm -f $stamp
  if ! $venv/bin/python -m pip --version >/dev/null 2>&1 || moved; then
    local python; python=$(find_python)
    ensure_ensurepip "$python"
    say "making $venv with $("$python" --version): the kit's Python packages stay out of the system's"
    "$python" -m venv --clear "$venv"
  fi
  say "installing requirements/$set.lock into $venv: $(reason)"
  # A lock names everything: what a package asks for beyond it is left out on purpose.
  "$venv/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes --no-deps \
    --requirement "requirements/$set.lock"
  complete "$set" >$stamp.part
  mv $stamp.part $stamp
}

moved() { ! grep -qsF "$PWD/$venv" "$venv/bin/activate"; }

reason() {
  case $set in
    dev) echo "what the kit, its tests and its checks need, pinned by hash" ;;
    kit) echo "what the kit needs, pinned by hash" ;;
    *) echo "apart from the kit's own packages, pinned by hash" ;;
  esac
}

[ -n "$set" ] && [ -f "requirements/$set.lock" ] || fail "usage: bootstrap/venv.sh SET, with a requirements/SET.lock"
if up_to_date; then exit; fi
exec {lock}<"bootstrap/venv.sh" # two at once: the second waits and finds the work done
flock "$lock"
up_to_date || install
