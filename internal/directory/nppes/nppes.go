// Package nppes reads the public files of which the directory is made: the providers
// of NPPES, and what CMS, OIG and others publish about them. It reads them as they are
// published, out of their ZIP or gzip, finds columns by name, and takes a wrong row for
// one wrong row: counted, listed with its line, never the end of the work.
package nppes
