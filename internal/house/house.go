// Package house holds the walls: tests about the code itself. Which room may
// import which, that every room says what it is for, that every page has words in
// every language and a visit in the browser, that every job has a worker, and that
// the map in the README is the tree.
package house
