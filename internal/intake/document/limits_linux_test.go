package document_test

const hasLimits = true // of memory and files; other systems have those of time and output
