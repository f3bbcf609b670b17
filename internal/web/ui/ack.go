package ui

import (
	"net/http"
	"regexp"
)

// keepID is what keep.js posts as "_keep": a random id, never a person's words.
var keepID = regexp.MustCompile(`^[0-9A-Za-z.-]{1,64}$`)

// Acknowledge tells the page that what it posted is stored, so that keep.js may
// forget its copy. Call it after the save and before the redirect, with the form
// already parsed. A post without keep.js is left as it is.
func Acknowledge(w http.ResponseWriter, r *http.Request) {
	id := r.PostForm.Get("_keep")
	if !keepID.MatchString(id) {
		return
	}
	// The page's script reads it, so it cannot be HttpOnly; it says nothing but "saved".
	http.SetCookie(w, &http.Cookie{
		Name: "saved", Value: id, Path: "/", MaxAge: 300,
		Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
	})
}
