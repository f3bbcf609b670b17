//go:build unix && !linux

package document_test

const hasLimits = false
