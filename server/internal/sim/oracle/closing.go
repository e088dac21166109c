package oracle

// Closing is what the office was told about a close.
type Closing struct {
	Team, Month string
	Body        string // the close record as it was answered
	Commit      int64  // of the server when it was answered
}

// Closed notes the answer of a close. matched says whether the If-Match that
// was sent was the newest one.
func (o *Oracle) Closed(c Closing, matched bool) {
	k := c.Team + "/" + c.Month
	old, twice := o.line.closes[k]
	switch {
	case twice && old.Body != c.Body:
		o.fail(CloseOnce, "%s was closed as %.200s, then as %.200s", k, old.Body, c.Body)
	case !twice && !matched:
		o.fail(CloseIfMatch, "%s was closed by somebody who had seen other content", k)
	}
	if !twice {
		o.stats.Closes++
		o.line.closes[k] = c
	}
}

// IsClosed tells whether a team-month was closed on this branch.
func (o *Oracle) IsClosed(team, month string) bool {
	_, ok := o.line.closes[team+"/"+month]
	return ok
}

// Content compares the content of closed months (id, c and state of each
// record) with what it was when it was first seen closed.
func (o *Oracle) Content(team, month, content string) {
	k := team + "/" + month
	if !o.IsClosed(team, month) {
		return
	}
	if old, ok := o.line.content[k]; ok && old != content {
		o.fail(ClosedConst, "%s was %s, is %s", k, old, content)
	}
	o.line.content[k] = content
}
