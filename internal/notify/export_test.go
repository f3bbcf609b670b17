package notify

// NewMailerWithin is NewMailer with a mail server that may take so long.
var NewMailerWithin = newMailer

// Here tells whether a host is this machine.
var Here = here
