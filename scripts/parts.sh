#!/usr/bin/env bash
# Installs what the tests need and the machine lacks: by apt as root on Debian and
# Ubuntu, by brew on macOS. Elsewhere it says in one line what to install.
set -euo pipefail
cd "$(dirname "$0")/.."
need="chromium initdb jq pdftotext qpdf"
missing=""
for p in $need; do scripts/need.sh "$p" 2>/dev/null || missing="$missing $p"; done
[ -n "$missing" ] || exit 0
package() {
  case $1 in
    initdb) echo postgresql ;;
    pdftotext) [ "$2" = apt ] && echo poppler-utils || echo poppler ;;
    *) echo "$1" ;;
  esac
}
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing:$missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  for p in $missing; do apt-get install -y -qq "$(package "$p" apt)" >/dev/null; done
elif command -v brew >/dev/null; then
  for p in $missing; do
    if [ "$p" = chromium ]; then brew install --cask chromium; else brew install "$(package "$p" brew)"; fi
  done
fi
# shellcheck disable=SC2086
scripts/need.sh $need
