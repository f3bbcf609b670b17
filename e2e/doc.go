// Package e2e starts the built program and uses it as people do: in a real browser,
// through every step, in both languages; and as the world does: killed at any
// moment.
package e2e
