#!/bin/sh
# Fetches the FHIR server against which the tests fetch records, another project's,
# into tools/fhirpeer/node_modules. Only the tests use it; nothing of it is built in.
# It does its work once, until the lock file changes.
set -eu
cd "$(dirname "$0")/../tools/fhirpeer"
command -v npm >/dev/null 2>&1 || { echo "fhirpeer: install Node.js 20 or newer (with npm), then run this again" >&2; exit 1; }
stamp=node_modules/.stamp
want=$(cksum <package-lock.json)
[ "$(cat "$stamp" 2>/dev/null)" != "$want" ] || exit 0
echo "fhirpeer: fetching (once)"
# The engine names a newer Node than ours; what it lacks there, serve.mjs makes up.
npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
printf '%s\n' "$want" >"$stamp"
