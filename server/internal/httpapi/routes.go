package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// access says who may knock at a route. What they may do there is decided by
// the service, from the grants.
type access uint8

const (
	open    access = iota // nobody in particular
	signed                // whoever is signed in
	pushing               // also a revoked device that hands over its queue
	figures               // also an API token that reads figures
)

// load says against which limit of admission a request counts.
type load uint8

const (
	probe  load = iota // health, and the contract: never shed
	push               // POST /v1/sync
	pull               // reads
	write              // console writes
	public             // sign-in
	wait               // long polls
	photo              // bytes of photos, both ways
	loads
)

func (l load) String() string {
	return [loads]string{"probe", "push", "pull", "write", "public", "wait", "photo"}[l]
}

// route is one line of the table.
type route struct {
	method, path string
	access       access
	load         load
	query        []string // parameters it knows
	do           echo.HandlerFunc
}

const (
	get    = http.MethodGet
	post   = http.MethodPost
	head   = http.MethodHead
	patch  = http.MethodPatch
	remove = http.MethodDelete
	option = http.MethodOptions
)

// routes is the whole API. Paths have no colon but for parameters.
func (a *API) routes() []route {
	return []route{
		{get, "/healthz", open, probe, nil, a.healthz},
		{get, "/readyz", open, probe, nil, a.readyz},
		{get, "/v1/capabilities", open, public, nil, a.capabilities},
		{get, "/v1/openapi.yaml", open, probe, nil, a.openapi}, // large and of nobody: who never reads it must hold no place

		{post, "/v1/auth/setup", open, public, nil, a.setup},
		{post, "/v1/auth/activate", open, public, nil, a.activate},
		{post, "/v1/auth/login", open, public, nil, a.login},
		{post, "/v1/auth/refresh", open, public, nil, a.refresh},
		{post, "/v1/auth/logout", pushing, public, nil, a.logout},
		{get, "/v1/me", signed, pull, nil, a.me},
		{get, "/v1/me/history", signed, pull, nil, a.history},
		{post, "/v1/codes", signed, write, nil, a.newCodes},
		{post, "/v1/auth/step-up", signed, write, nil, a.stepUp},
		{post, "/v1/auth/step-up/begin", signed, write, nil, a.beginStepUp},
		{post, "/v1/me/password", signed, write, nil, a.changePassword},
		{get, "/v1/me/second-factor", signed, pull, nil, a.second},
		{post, "/v1/me/second-factor", signed, write, nil, a.beginSecond},
		{post, "/v1/me/second-factor/confirm", signed, write, nil, a.confirmSecond},
		{post, "/v1/me/second-factor/end", signed, write, nil, a.endSecond},
		{post, "/v1/people/:id/second-factor/restore", signed, write, nil, a.restoreSecond},
		{get, "/v1/second-factors", signed, pull, nil, a.factors},
		{post, "/v1/auth/passkey/begin", open, public, nil, a.beginPasskeyLogin},
		{post, "/v1/auth/passkey", open, public, nil, a.passkeyLogin},
		{get, "/v1/auth/oidc", open, public, nil, a.provider},
		{post, "/v1/auth/oidc/begin", open, public, nil, a.beginOIDCLogin},
		{post, "/v1/auth/oidc", open, public, nil, a.oidcLogin},
		{post, "/v1/me/oidc/begin", signed, write, nil, a.beginOIDCLink},
		{post, "/v1/me/oidc", signed, write, nil, a.oidcLink},
		{get, "/v1/people/:id/oidc", signed, pull, nil, a.linkOf},
		{post, "/v1/people/:id/oidc", signed, write, nil, a.linkSubject},
		{remove, "/v1/people/:id/oidc", signed, write, nil, a.unlink},
		{get, "/v1/me/passkeys", signed, pull, nil, a.passkeys},
		{post, "/v1/me/passkeys/begin", signed, write, nil, a.beginPasskey},
		{post, "/v1/me/passkeys", signed, write, nil, a.addPasskey},
		{remove, "/v1/me/passkeys/:id", signed, write, nil, a.removePasskey},
		{get, "/v1/tokens", signed, pull, nil, a.tokens},
		{post, "/v1/tokens", signed, write, nil, a.newToken},
		{remove, "/v1/tokens/:id", signed, write, nil, a.revokeToken},
		{get, "/v1/devices", signed, pull, []string{"person"}, a.devices},
		{post, "/v1/devices/:id/revoke", signed, write, nil, a.revoke},

		{get, "/v1/push", signed, pull, nil, a.pushState},
		{post, "/v1/push", signed, write, nil, a.registerPush},
		{remove, "/v1/push", signed, write, nil, a.unregisterPush},
		{get, "/v1/me/notifications", signed, pull, nil, a.notifyPrefs},
		{post, "/v1/me/notifications", signed, write, nil, a.setNotifyPrefs},
		{get, "/v1/announcements", signed, pull, nil, a.announcements},
		{post, "/v1/announcements", signed, write, nil, a.announce},
		{get, "/v1/announcements/:id/unread", signed, pull, nil, a.unreadAnnouncement},
		{post, "/v1/announcements/:id/cancel", signed, write, nil, a.cancelAnnouncement},
		{get, "/v1/deliveries", signed, pull, []string{"from", "to"}, a.deliveries},
		{get, "/v1/deliveries/:id", signed, pull, nil, a.delivery},

		{post, "/v1/sync", pushing, push, nil, a.sync},
		{get, "/v1/wait", signed, wait, []string{"epoch", "at"}, a.wait},
		{get, "/v1/cases", signed, pull, []string{"team", "commune"}, a.cases},
		{post, "/v1/cases/:id/adopt", signed, write, nil, a.adopt},
		{post, "/v1/cases/:id/dismiss", signed, write, nil, a.dismiss},

		{post, "/v1/blobs/have", pushing, pull, nil, a.haveBlobs},
		{get, "/v1/blobs/:sha256", signed, photo, nil, a.blobFile},
		{get, "/v1/blobs/:sha256/thumb", signed, photo, nil, a.blobThumb},
		{option, "/v1/uploads", open, probe, nil, a.uploadOptions},
		{post, "/v1/uploads", pushing, photo, nil, a.tus(a.beginUpload)},
		{head, "/v1/uploads/:id", pushing, photo, nil, a.tus(a.uploadStand)},
		{patch, "/v1/uploads/:id", pushing, photo, nil, a.tus(a.appendUpload)},
		{remove, "/v1/uploads/:id", pushing, photo, nil, a.tus(a.endUpload)},
		{post, "/v1/uploads/:id", pushing, photo, nil, a.tus(a.overrideUpload)},

		{get, "/v1/review/queue", signed, pull, []string{"commune", "month", "state", "cursor", "limit"}, a.queue},
		{post, "/v1/review/decisions", signed, write, nil, a.decisions},
		{get, "/v1/activities/:id", signed, pull, nil, a.activity},
		{get, "/v1/activities/:id/comments", signed, pull, nil, a.comments},
		{post, "/v1/activities/:id/comments", signed, write, nil, a.comment},
		{get, "/v1/stats/summary", figures, pull, []string{"unit", "from", "to", "lens"}, a.summary},
		{get, "/v1/stats/flat", figures, pull, []string{"unit", "from", "to", "lens", "format", "of"}, a.flat},
		{get, "/v1/stats/activities", figures, pull, []string{"unit", "from", "to", "lens", "state", "category", "after"}, a.countedActivities},
		{get, "/v1/stats/team-months", figures, pull, []string{"unit", "from", "to", "lens", "result", "money", "after"}, a.countedTeamMonths},
		{post, "/v1/stats/indicators", signed, write, nil, a.setIndicator},
		{get, "/v1/stats/indicators/:id", signed, pull, nil, a.indicatorChanges},
		{get, "/v1/map", signed, pull, []string{"on"}, a.commMap},
		{get, "/v1/stats/board", figures, pull, []string{"unit", "from", "to", "lens"}, a.board},

		{get, "/v1/communes/:unit/months/:month", signed, pull, nil, a.communeMonth},
		{post, "/v1/communes/:unit/months/:month/close", signed, write, nil, a.closeCommuneMonth},
		{get, "/v1/teams/:team/months/:month", signed, pull, nil, a.teamMonth},
		{post, "/v1/teams/:team/months/:month/close", signed, write, nil, a.closeTeamMonth},
		{get, "/v1/teams/:team/months/:month/explain", signed, pull, nil, a.explain},
		{post, "/v1/months/:month/finalise", signed, write, nil, a.finalise},
		{get, "/v1/months/:month/overdue", signed, pull, nil, a.overdue},
		{get, "/v1/extensions", signed, pull, nil, a.extensions},
		{post, "/v1/extensions", signed, write, nil, a.extend},
		{get, "/v1/communes/:unit/top-ups", signed, pull, nil, a.topUps},
		{post, "/v1/communes/:unit/top-ups", signed, write, nil, a.topUp},
		{get, "/v1/proposals", signed, pull, []string{"commune", "team", "state"}, a.proposals},
		{post, "/v1/proposals", signed, write, nil, a.propose},
		{post, "/v1/proposals/:id/decision", signed, write, nil, a.decideProposal},
		{get, "/v1/disputes", signed, pull, []string{"commune", "state"}, a.disputes},
		{get, "/v1/disputes/:id", signed, pull, nil, a.dispute},
		{post, "/v1/disputes/:id/answer", signed, write, nil, a.answerDispute},
		{get, "/v1/months/totals", signed, pull, []string{"year"}, a.totals},
		{get, "/v1/policies", signed, pull, nil, a.policies},
		{post, "/v1/policies", signed, write, nil, a.publish},
		{post, "/v1/policies/check", signed, write, nil, a.checkPolicy},
		{post, "/v1/policies/what-if", signed, write, nil, a.whatIf},
		{get, "/v1/policies/proposals", signed, pull, nil, a.policyProposals},
		{post, "/v1/policies/proposals", signed, write, nil, a.proposePolicy},
		{post, "/v1/policies/proposals/:id/decision", signed, write, nil, a.decidePolicy},
		{get, "/v1/fundings", signed, pull, nil, a.fundings},
		{post, "/v1/fundings", signed, write, nil, a.fund},

		{get, "/v1/lists", signed, pull, []string{"unit", "month", "state", "kind"}, a.lists},
		{post, "/v1/lists", signed, write, nil, a.draftLists},
		{post, "/v1/lists/issue", signed, write, nil, a.issueLists},
		{get, "/v1/lists/:id", signed, pull, nil, a.list},
		{post, "/v1/lists/:id/replace", signed, write, nil, a.replaceList},
		{post, "/v1/lists/:id/discard", signed, write, nil, a.discardList},
		{post, "/v1/lists/:id/payments", signed, write, nil, a.payList},
		{get, "/v1/lists/:id/paper", signed, pull, []string{"format", "kind"}, a.listPaper},
		{get, "/v1/communes/:unit/months/:month/paper", signed, pull, []string{"format", "kind"}, a.communePaper},
		{get, "/v1/teams/:team/months/:month/paper", signed, pull, []string{"format", "kind"}, a.teamPaper},
		{get, "/v1/province/paper", signed, pull, []string{"policy", "from", "to", "format"}, a.provincePaper},
		{get, "/v1/support", signed, pull, []string{"policy"}, a.supports},
		{post, "/v1/support", signed, write, nil, a.proposeSupport},
		{post, "/v1/support/:id/confirm", signed, write, nil, a.confirmSupport},
		{post, "/v1/spendings", signed, write, nil, a.spend},
		{get, "/v1/budget", signed, pull, []string{"policy", "year"}, a.budget},
		{get, "/v1/settlement", signed, pull, []string{"policy", "unit", "quarter"}, a.settlement},
		{get, "/v1/settlement/paper", signed, pull, []string{"policy", "unit", "quarter", "format"}, a.settlementPaper},

		{get, "/v1/audit", signed, pull, []string{"person", "unit", "kind", "what", "q", "from", "to", "cursor", "format"}, a.auditLog},
		{post, "/v1/verify", signed, write, nil, a.verify},
		{get, "/v1/backups", signed, pull, nil, a.backups},
		{post, "/v1/backups", signed, write, nil, a.makeBackup},
		{get, "/v1/checkpoint", signed, pull, nil, a.checkpoint},

		{get, "/v1/imports", signed, pull, nil, a.importKinds},
		{post, "/v1/imports/:kind", signed, write, []string{"dry_run", "skip_bad", "name"}, a.imports},
		{get, "/v1/jobs", signed, pull, nil, a.jobs},
		{get, "/v1/jobs/:id", signed, pull, nil, a.job},
		{get, "/v1/jobs/:id/result", signed, pull, nil, a.jobResult},
		{post, "/v1/exports", signed, write, nil, a.exports},
		{post, "/v1/jobs/:id/cancel", signed, write, nil, a.cancelJob},
		{post, "/v1/jobs/:id/undo", signed, write, nil, a.undoImport},
		{get, "/v1/units", signed, pull, []string{"on", "all", "level", "q"}, a.units},
		{get, "/v1/units/events", signed, pull, nil, a.unitEvents},
		{post, "/v1/units/changes", signed, write, nil, a.changeUnits},
		{post, "/v1/units/changes/check", signed, write, nil, a.checkUnitChange},
		{get, "/v1/communes/:unit/contact", signed, pull, nil, a.contact},
		{post, "/v1/communes/:unit/contact", signed, write, nil, a.setContact},
		{get, "/v1/communes/:unit/delegations", signed, pull, nil, a.delegations},
		{post, "/v1/communes/:unit/delegations", signed, write, nil, a.delegate},
		{post, "/v1/delegations/:id/end", signed, write, nil, a.endDelegation},
		{get, "/v1/teams", signed, pull, []string{"commune"}, a.teams},
		{get, "/v1/teams/:team/village", signed, pull, nil, a.villages},
		{post, "/v1/teams/:team/village", signed, write, nil, a.setVillage},
		{get, "/v1/people", signed, pull, []string{"team", "unit"}, a.people},
		{get, "/v1/places", signed, pull, nil, a.places},
		{get, "/v1/people/search", signed, pull, []string{"q"}, a.findPeople},
		{get, "/v1/person-requests", signed, pull, nil, a.personRequests},
		{post, "/v1/person-requests", signed, write, nil, a.enterPersonRequest},
		{get, "/v1/person-requests/:id", signed, pull, nil, a.personRequest},
		{get, "/v1/person-requests/:id/mentions", signed, pull, nil, a.personMentions},
		{post, "/v1/person-requests/:id/export", signed, write, nil, a.exportPerson},
		{post, "/v1/person-requests/:id/correct", signed, write, nil, a.correctPerson},
		{post, "/v1/person-requests/:id/deidentify", signed, write, nil, a.deidentifyPerson},
		{post, "/v1/person-requests/:id/answer", signed, write, nil, a.answerPerson},
		{get, "/v1/registrations", signed, pull, []string{"year"}, a.registrations},
		{post, "/v1/communes/:unit/registrations/:year", signed, write, nil, a.register},
		{remove, "/v1/communes/:unit/registrations/:year", signed, write, nil, a.unregister},
		{get, "/v1/catalogue", signed, pull, nil, a.kinds},
		{post, "/v1/catalogue", signed, write, nil, a.addKind},
		{get, "/v1/switches", signed, pull, nil, a.switches},
		{post, "/v1/switches/:name", signed, write, nil, a.turn},
		{get, "/v1/reasons", signed, pull, nil, a.reasons},
		{post, "/v1/reasons/:of", signed, write, nil, a.setReasons},
		{post, "/v1/catalogue/:code/retire", signed, write, nil, a.retireKind},
		{post, "/v1/grants", signed, write, nil, a.give},
		{post, "/v1/grants/:id/end", signed, write, nil, a.endGrant},
	}
}

// moneyRoutes are those by which money moves or is bound, or somebody else may
// bind it, or all that is known of a person leaves or goes: from a browser they need a proof of who sits there.
var moneyRoutes = map[string]bool{
	"/v1/communes/:unit/months/:month/close": true, "/v1/teams/:team/months/:month/close": true, "/v1/months/:month/finalise": true,
	"/v1/proposals/:id/decision": true, "/v1/policies": true, "/v1/policies/proposals/:id/decision": true, "/v1/fundings": true, "/v1/lists/issue": true, "/v1/lists/:id/replace": true,
	"/v1/lists/:id/payments": true, "/v1/support/:id/confirm": true, "/v1/spendings": true,
	"/v1/communes/:unit/top-ups": true, "/v1/teams/:team/village": true,
	"/v1/communes/:unit/delegations": true, "/v1/grants": true,
	"/v1/units/changes": true, "/v1/communes/:unit/registrations/:year": true,
	"/v1/person-requests/:id/deidentify": true, "/v1/person-requests/:id/export": true,
}
