package notify

// Months is what the reminders look at.
type Months interface{}
