package domain

// Money is an amount in đồng. Never a float.
type Money int64
