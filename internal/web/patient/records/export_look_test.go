package records

// Marks is markList for tests.
var Marks = markList
