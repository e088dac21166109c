package syncproto

// Code says why a mutation was not simply applied, or what was odd about it.
type Code string

const (
	CodeMonthClosed      Code = "month_closed"
	CodeLockedReview     Code = "locked_review"
	CodeConflictMaterial Code = "conflict_material"
	CodeDeleted          Code = "deleted"
	CodeNotMember        Code = "not_member"
	CodeInvalid          Code = "invalid"
	CodeTooLarge         Code = "too_large"
	CodeFutureDate       Code = "future_date"
	CodeUnknownOp        Code = "unknown_op"
	CodeInternal         Code = "internal"
	CodeForbidden        Code = "forbidden"
	CodeParentUnknown    Code = "parent_unknown"  // waiting
	CodeParentAside      Code = "parent_aside"    // waiting
	CodeOverwroteNewer   Code = "overwrote_newer" // merged
	CodeDuplicateOf      Code = "duplicate_of"    // applied, flagged
	CodeStaleReview      Code = "stale_review"    // noop: the decision is dropped
)

// Adopter says whose adoption may bring a set-aside mutation back.
type Adopter string

const (
	AdoptNobody Adopter = ""
	AdoptChair  Adopter = "chair"
	AdoptLeader Adopter = "leader"
	AdoptAuthor Adopter = "author" // author corrects, or the leader adopts
)

// AdopterOf tables who may adopt a case of a code.
func AdopterOf(c Code) Adopter {
	switch c {
	case CodeMonthClosed, CodeLockedReview, CodeNotMember:
		return AdoptChair
	case CodeConflictMaterial, CodeDeleted:
		return AdoptLeader
	case CodeInvalid, CodeTooLarge, CodeFutureDate, CodeUnknownOp, CodeInternal:
		return AdoptAuthor
	}
	return AdoptNobody
}
