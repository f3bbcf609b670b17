#!/bin/sh
# Fetches the pinned third-party assets and builds what the pages embed:
#
#   internal/web/ui/assets/dist/   USWDS colours and fonts, PDF.js, and their licences
#   tools/assets/node_modules/     also holds axe-core, which only the browser tests read
#
# It does its work once: nothing is done while the lock file, the style source and
# this script are the same as at the last build. FORCE=1 builds again.
set -eu
cd "$(dirname "$0")/.."
src=tools/assets
out=internal/web/ui/assets/dist
packages=$src/node_modules
stamp=$out/.stamp

command -v npm >/dev/null 2>&1 || { echo "assets: install Node.js 20 or newer (with npm), then run this again" >&2; exit 1; }

want=$(cat "$src/package-lock.json" "$src/uswds.scss" "$0" | cksum)
if [ "${FORCE:-0}" != 1 ] && [ -f "$packages/axe-core/axe.min.js" ] && [ -f "$out/pdfjs/pdf.min.mjs" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; then
	touch "$stamp" # make compares times
	exit 0
fi

echo "assets: fetching and building (once)"
(cd "$src" && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error)

# Built beside and moved in place, so that a build cut short leaves no half.
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
mkdir "$new/fonts"
node "$packages/sass/sass.js" --quiet --no-source-map --style=compressed \
	--load-path="$packages/@uswds/uswds/packages" "$src/uswds.scss" "$new/uswds.css"
fonts=$packages/@uswds/uswds/dist/fonts
for f in PublicSans-Regular PublicSans-Italic PublicSans-Bold; do
	cp "$fonts/public-sans/$f.woff2" "$new/fonts/"
done
cp "$fonts/merriweather/Latin-Merriweather-Bold.woff2" "$new/fonts/"
pdfjs=$packages/pdfjs-dist
mkdir -p "$new/pdfjs/fonts" "$new/pdfjs/wasm" "$new/pdfjs/cmaps"
cp "$pdfjs/build/pdf.min.mjs" "$pdfjs/build/pdf.worker.min.mjs" "$new/pdfjs/"
cp "$pdfjs"/standard_fonts/*.pfb "$pdfjs"/standard_fonts/*.ttf "$new/pdfjs/fonts/"
cp "$pdfjs/wasm/jbig2.wasm" "$pdfjs/wasm/openjpeg.wasm" "$new/pdfjs/wasm/"
cp "$pdfjs"/cmaps/*.bcmap "$new/pdfjs/cmaps/"
{
	echo "USWDS 3.14.0: colours (public domain), Public Sans and Merriweather fonts (SIL Open Font License 1.1)"
	echo
	cat "$packages/@uswds/uswds/LICENSE.md"
	echo
	echo "----------------------------------------------------------------------"
	echo
	echo "PDF.js 6.5.438 (pdfjs-dist), with the fonts and decoders that come with it"
	for l in LICENSE standard_fonts/LICENSE_FOXIT standard_fonts/LICENSE_LIBERATION cmaps/LICENSE \
		wasm/LICENSE_PDFJS_JBIG2 wasm/LICENSE_JBIG2 wasm/LICENSE_PDFJS_OPENJPEG wasm/LICENSE_OPENJPEG; do
		echo
		cat "$pdfjs/$l"
	done
	for l in "$src"/licences/*.txt; do
		echo
		echo "----------------------------------------------------------------------"
		echo
		cat "$l"
	done
} >"$new/notices.txt"

rm -rf "$out/fonts" "$out/pdfjs" "$out/uswds.css" "$out/notices.txt" "$stamp"
cp -R "$new/." "$out/"
printf '%s\n' "$want" >"$stamp"
echo "assets: ready"
