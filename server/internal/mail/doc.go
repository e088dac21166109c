// Package mail sends plain letters by a mail server that the operator names:
// what the doctor says, and the officers' digest. It stands on go-mail, which
// knows TLS, authentication and encoding.
package mail
