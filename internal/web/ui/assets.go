package ui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// files holds our own style sheet and scripts, and in dist what `make assets`
// built: USWDS design tokens and fonts. A bare clone has no dist; the pages then
// use the fallback of each token and the reader's own fonts.
//
//go:embed all:assets
var files embed.FS

// AssetPath is where Assets is mounted.
const AssetPath = "/assets/"

// asset is one embedded file under its plain name.
type asset struct {
	body []byte
	hash string // first 12 letters of the SHA-256 in hexadecimal
	kind string // content type
	// policy is what a document among the assets may do, "" for everything else.
	policy string
}

// assets reads what is embedded, once: "consilium.css", "uswds.css",
// "fonts/PublicSans-Regular.woff2"...
var assets = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	for _, dir := range []string{"assets/own", "assets/dist"} {
		// The tree is embedded, so walking it cannot fail.
		_ = fs.WalkDir(files, dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
				return err
			}
			b, err := files.ReadFile(p)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(b)
			all[strings.TrimPrefix(p, dir+"/")] = asset{body: b, hash: hex.EncodeToString(sum[:])[:12], kind: kindOf(p)}
			return nil
		})
	}
	return all
})

// has tells whether an asset is embedded.
func has(name string) bool { _, ok := assets()[name]; return ok }

// AssetURL gives the address of an asset, which changes when the asset does:
// "/assets/0f3a.../consilium.css". An asset that is not there gives an address
// that answers "not found".
func AssetURL(name string) string {
	if a, ok := assets()[name]; ok {
		return AssetPath + a.hash + "/" + name
	}
	return AssetPath + "none/" + name
}

// Notices gives the licences of the third-party parts that are embedded, as plain
// text; "" when none are.
func Notices() string { return string(assets()["notices.txt"].body) }

// Assets serves what AssetURL names. The address holds the content's hash, so a
// browser may keep it for a year. A style sheet that names a font relative to
// itself finds it under the sheet's own hash, so only the name decides what is
// served; a hash that is out of date is served too, but not kept.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, AssetPath), "/")
		if ok && name == viewerName && has(viewerScripts[0]) {
			serveViewer(w)
			return
		}
		a, found := assets()[name]
		if !ok || !found {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("ETag", `"`+a.hash+`"`)
		// The viewer's frame has no origin, so that its scripts come from another one.
		// What is here is the same for everybody.
		h.Set("Access-Control-Allow-Origin", "*")
		if hash == a.hash || strings.HasPrefix(name, "fonts/") {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		if r.Header.Get("If-None-Match") == `"`+a.hash+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(a.body)
	})
}

// kindOf gives the content type by the name's ending, the same on every system.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".wasm":
		return "application/wasm"
	case ".ttf", ".pfb", ".bcmap":
		return "application/octet-stream"
	}
	return mime.TypeByExtension(path.Ext(name))
}
