// Package sms brings hints to phone numbers through a gateway that the operator
// runs or rents, by one documented webhook (deploy/PUSH.md). A message says
// that there is news, and nothing else.
package sms
