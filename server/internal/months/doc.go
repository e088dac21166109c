// Package months owns the team-month: what its facts are, what the policy in
// force says about it, when it closes, and which decision funds it.
package months
