package notify

// RegisterIn registers an address in a transaction of the caller, many at a
// time.
var RegisterIn = register
