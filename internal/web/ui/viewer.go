package ui

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
)

// The viewer draws the pages of a PDF in a frame of its own: a sandbox without our
// origin, without forms, without any connection, that can run nothing but the three
// scripts named here by what is in them. The page around it hands it the bytes.

// viewerName is the viewer's document among the assets.
const viewerName = "viewer.html"

// viewerScripts are all that may run in it, in this order.
var viewerScripts = []string{"pdfjs/pdf.worker.min.mjs", "pdfjs/pdf.min.mjs", "viewer.js"}

const viewerStyle = `html{background:#e6e6e6;color:#1b1b1b;font:16px/1.5 sans-serif}body{margin:0;padding:8px;min-width:max-content}` +
	`.page{background:#fff;margin:0 auto 12px;box-shadow:0 1px 3px #0006;position:relative;overflow:hidden}canvas{display:block;width:100%;height:100%}` +
	`.said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:pre-wrap}`

// ViewerURL is the address of the viewer's document; "" when PDF.js is not embedded,
// as in a bare clone.
func ViewerURL() string {
	if !has(viewerScripts[0]) {
		return ""
	}
	return AssetPath + viewer().hash + "/" + viewerName
}

// ViewerParts is where the viewer's own parts are, with a slash at the end: fonts
// and tables that the page around it fetches for it, by name.
func ViewerParts() string {
	return strings.TrimSuffix(AssetURL(viewerScripts[0]), viewerScripts[0]) + "pdfjs/"
}

// viewer makes the document, which is the same for everybody.
var viewer = sync.OnceValue(func() asset {
	var head, tags strings.Builder
	for _, name := range viewerScripts {
		sum := sha256.Sum256(assets()[name].body)
		hash := "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
		head.WriteString(" '" + hash + "'")
		tags.WriteString(`<script type="module" crossorigin="anonymous" integrity="` + hash + `" src="` + AssetURL(name) + `"></script>`)
	}
	style := sha256.Sum256([]byte(viewerStyle))
	body := `<!DOCTYPE html><html lang="zxx"><head><meta charset="utf-8"><title>PDF</title><style>` + viewerStyle + `</style>` + tags.String() + `</head><body></body></html>`
	sum := sha256.Sum256([]byte(body))
	return asset{
		body: []byte(body), hash: base64.RawURLEncoding.EncodeToString(sum[:9]), kind: "text/html; charset=utf-8",
		policy: "sandbox allow-scripts; default-src 'none'; script-src" + head.String() + " 'wasm-unsafe-eval'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) +
			"'; connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
	}
})

// serveViewer answers with the viewer's document, whose own policy takes the place of
// that of our pages.
func serveViewer(w http.ResponseWriter) {
	v := viewer()
	h := w.Header()
	h.Set("Content-Type", v.kind)
	h.Set("Content-Security-Policy", v.policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	_, _ = w.Write(v.body)
}
