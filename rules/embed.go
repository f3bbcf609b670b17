// Package rules carries the rows that the engines answer from, as they stand in
// this folder: one folder per topic, with the facts it may speak of and its rows
// (rules.yaml), where each is written (sources.md), and worked cases; and the list of
// the rows that have run and are never edited again (released.txt).
package rules

import "embed"

// Files is the folder of topics.
//
//go:embed */rules.yaml */sources.md */cases released.txt
var Files embed.FS
