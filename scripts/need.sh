#!/usr/bin/env bash
# Says in one line what to install when a program is missing. It keeps to what the
# old bash of macOS understands.
set -euo pipefail
how() {
  case $1 in
    go) echo "Go 1.26 or newer: see go.dev/doc/install" ;;
    node) echo "Node.js 20 or newer with npm: 'apt-get install nodejs npm' or 'brew install node'" ;;
    chromium) echo "Chromium: 'apt-get install chromium' or 'brew install --cask chromium'" ;;
    initdb) echo "PostgreSQL 15 or newer: 'apt-get install postgresql' or 'brew install postgresql'" ;;
    jq) echo "jq: 'apt-get install jq' or 'brew install jq'" ;;
    pdftotext) echo "poppler: 'apt-get install poppler-utils' or 'brew install poppler'" ;;
    qpdf) echo "qpdf: 'apt-get install qpdf' or 'brew install qpdf'" ;;
    *) echo "$1" ;;
  esac
}
found() {
  case $1 in
    initdb) command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
    chromium)
      command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        [ -x "/Applications/Chromium.app/Contents/MacOS/Chromium" ] || [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
      ;;
    *) command -v "$1" >/dev/null ;;
  esac
}
for p in "$@"; do
  found "$p" || { echo "Please install $(how "$p")." >&2; exit 1; }
done
