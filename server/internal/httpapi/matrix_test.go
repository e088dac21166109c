package httpapi_test

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/syncproto"
)

// ask is one request of the matrix and who may make it. Everybody else must
// get 401 (nobody) or 403.
type ask struct {
	path string // with its query; "" is the route's path, without parameters
	body func(w *world, as string) string
	to   func(w *world) string // path, if it depends on the world
	may  []string
	// refused tells from the body of a 200 that the rights were missing, where
	// each item of a list has its own result.
	refused func(body string) bool
	mime    string
	header  map[string]string
	// headers are those that depend on the world.
	headers func(w *world) map[string]string
	status  int // of who may; 0: any success
}

var everybody = principals
var signedIn = principals[1:]

// withLogin are those who sign in with a password.
var withLogin = []string{chair, accountant, otherChair, viewer, province, system}

// ownOrigin is what a browser says of a page of this server.
var ownOrigin = map[string]string{"Origin": "https://banso.example", "Sec-Fetch-Site": "same-origin"}

func linkOfChair(w *world) string { return "/v1/people/" + string(w.who[chair]) + "/oidc" }

// async asks for a job.
var async = map[string]string{"Prefer": "respond-async"}

func whatIf(*world, string) string {
	return `{"from":"` + month + `","to":"` + month + `","policy":` + string(policyFile()) + `}`
}

func fixed(s string) func(*world, string) string { return func(*world, string) string { return s } }

// matrix lists every route. A route that is missing fails the test.
func matrix() map[string][]ask {
	unsigned := []ask{{may: everybody}}
	noCode := []ask{{may: everybody, body: fixed("{}"), status: 400}}
	aside := func(b string) bool { return strings.Contains(b, `"code":"forbidden"`) }
	acting := func(b string) bool { return aside(b) || !strings.Contains(b, `"applied"`) }
	return map[string][]ask{
		"GET /healthz": unsigned, "GET /readyz": unsigned, "GET /v1/capabilities": unsigned, "GET /v1/openapi.yaml": unsigned,
		"POST /v1/auth/setup": noCode, "POST /v1/auth/activate": noCode,
		"POST /v1/auth/login":               {{may: everybody, body: fixed(`{}`), status: 400}},
		"POST /v1/auth/refresh":             {{may: nil, body: fixed(`{"refresh":"x"}`), refused: nil, status: 401}},
		"POST /v1/auth/logout":              {{may: signedIn, status: 204}},
		"GET /v1/me":                        {{may: signedIn}},
		"POST /v1/auth/step-up":             {{may: withLogin, status: 204, body: fixed(`{"password":"` + password + `"}`)}},
		"POST /v1/auth/step-up/begin":       {{may: withLogin, header: ownOrigin, status: 404}}, // nobody has a passkey
		"POST /v1/me/password":              {{may: withLogin, status: 400, body: fixed(`{"present":"sai mật khẩu rồi","next":"bò vàng qua cầu tre"}`)}},
		"GET /v1/me/second-factor":          {{may: signedIn}},
		"POST /v1/me/second-factor":         {{may: withLogin}},
		"POST /v1/me/second-factor/confirm": {{may: withLogin, status: 401, body: fixed(`{"code":"000000"}`)}},
		"POST /v1/me/second-factor/end":     {{may: signedIn, status: 204, body: fixed(`{"code":""}`)}}, // it is off
		"POST /v1/people/:id/second-factor/restore": {{may: []string{province, system}, status: 404,
			to: func(w *world) string { return "/v1/people/" + string(w.who[chair]) + "/second-factor/restore" }}},
		"GET /v1/people/search":                   {{may: []string{province, system}, path: "/v1/people/search?q=thanh"}},
		"GET /v1/person-requests":                 {{may: []string{province, system}}},
		"POST /v1/person-requests":                {{may: []string{province, system}, body: personRequestOf(member)}},
		"GET /v1/person-requests/:id":             onPersonRequest("", ""),
		"GET /v1/person-requests/:id/mentions":    onPersonRequest("/mentions", ""),
		"POST /v1/person-requests/:id/export":     onPersonRequest("/export", ""),
		"POST /v1/person-requests/:id/correct":    onPersonRequest("/correct", `{"name":"Tên Khác (thử)"}`),
		"POST /v1/person-requests/:id/deidentify": onPersonRequest("/deidentify", `{"decision":"propose"}`),
		"POST /v1/person-requests/:id/answer":     onPersonRequest("/answer", `{"done":true}`),
		"GET /v1/second-factors":                  {{may: []string{province, system}}},
		"POST /v1/auth/passkey/begin":             {{may: everybody, header: ownOrigin}},
		"POST /v1/auth/passkey": {{may: everybody, header: ownOrigin, status: 401, body: fixed(
			`{"ceremony":"` + string(newID()) + `","credential":{},"install":"` + string(newID()) + `"}`)}},
		"GET /v1/me/passkeys":        {{may: signedIn}},
		"POST /v1/me/passkeys/begin": {{may: withLogin, header: ownOrigin}},
		"POST /v1/me/passkeys": {{may: signedIn, header: ownOrigin, status: 401, body: fixed(
			`{"ceremony":"` + string(newID()) + `","name":"Khóa (thử)","credential":{}}`)}},
		"DELETE /v1/me/passkeys/:id": {{may: signedIn, status: 404, to: func(*world) string { return "/v1/me/passkeys/" + string(newID()) }}},
		"GET /v1/me/history":         {{may: signedIn}},
		"GET /v1/auth/oidc":          unsigned,
		"POST /v1/auth/oidc/begin":   {{may: everybody, header: ownOrigin, status: 404}}, // this world has no provider
		"POST /v1/auth/oidc":         {{may: everybody, header: ownOrigin, status: 404, body: fixed(`{"code":"c","state":"s","install":"` + string(newID()) + `"}`)}},
		"POST /v1/me/oidc/begin":     {{may: withLogin, header: ownOrigin, status: 404}},
		"POST /v1/me/oidc":           {{may: signedIn, header: ownOrigin, status: 404, body: fixed(`{"code":"c","state":"s"}`)}},
		"GET /v1/people/:id/oidc":    {{may: []string{chair, province, system}, to: linkOfChair}},
		"POST /v1/people/:id/oidc":   {{may: signedIn, status: 404, to: linkOfChair, body: fixed(`{"subject":"s"}`)}},
		"DELETE /v1/people/:id/oidc": {{may: []string{chair, province, system}, status: 404, to: linkOfChair}},
		"POST /v1/codes": {
			{may: []string{leader, chair, province, system}, body: people(member), refused: aside2},
			{may: []string{chair, province, system}, body: people(otherTeam), refused: aside2},
			{may: []string{province, system}, body: people(chair), refused: aside2},
			{may: []string{system}, body: people(system), refused: aside2},
		},
		"GET /v1/tokens":        {{may: []string{province, system}}},
		"POST /v1/tokens":       {{may: []string{province, system}, body: fixed(`{"name":"Power BI (thử)"}`)}},
		"DELETE /v1/tokens/:id": {{may: []string{province, system}, status: 404, to: func(*world) string { return "/v1/tokens/" + string(newID()) }}},
		"GET /v1/devices": {
			{may: []string{member, leader, chair, province, system}, to: func(w *world) string { return "/v1/devices?person=" + string(w.who[member]) }},
			{may: signedIn, path: "/v1/devices"},
		},
		"POST /v1/devices/:id/revoke": {{may: []string{member, leader, chair, province, system}, status: 204,
			to: func(w *world) string { return "/v1/devices/" + string(w.anotherDevice()) + "/revoke" }}},
		"GET /v1/push":              {{may: signedIn}},
		"POST /v1/push":             {{may: signedIn, status: 422, body: fixed(`{"channel":"fcm","token":"a-token-of-some-length"}`)}}, // pushes are off in this world
		"DELETE /v1/push":           {{may: signedIn, status: 204}},
		"GET /v1/me/notifications":  {{may: signedIn}},
		"POST /v1/me/notifications": {{may: signedIn, body: fixed(`{"quiet_from":1260,"quiet_to":420}`)}},
		"GET /v1/announcements":     {{may: []string{chair, otherChair, province}}},
		"POST /v1/announcements": {{may: []string{chair, province}, body: func(w *world, _ string) string {
			return `{"key":"` + string(newID()) + `","kind":"task","title":"Họp tổ","text":"Họp tổ tối thứ năm.","units":["` + string(w.unit["A"]) + `"],"to":"all"}`
		}}},
		"GET /v1/announcements/:id/unread": {{may: []string{province}, status: 404,
			to: func(*world) string { return "/v1/announcements/" + string(newID()) + "/unread" }}},
		"POST /v1/announcements/:id/cancel": {{may: []string{province}, status: 404,
			to: func(*world) string { return "/v1/announcements/" + string(newID()) + "/cancel" }}},
		"GET /v1/deliveries": {{may: []string{viewer, province, system}, path: "/v1/deliveries?from=2023-06-01&to=2023-06-30"}},
		"GET /v1/deliveries/:id": {{may: []string{viewer, province, system}, status: 404,
			to: func(*world) string { return "/v1/deliveries/" + string(newID()) }}},
		"POST /v1/sync": {{may: signedIn, body: func(*world, string) string {
			return `{"proto":1,"schema":1,"app":"t","client":"` + string(newID()) + `","top":0,"push":{"first":1,"prev":"","list":[]},"pull":[],"clock":0}`
		}}},
		"GET /v1/wait": {{may: signedIn, path: "/v1/wait?epoch=other&at=0"}},
		"GET /v1/cases": {
			{may: []string{chair, accountant}, to: func(w *world) string { return "/v1/cases?commune=" + string(w.unit["A"]) }},
			{may: []string{member, leader}, to: func(w *world) string { return "/v1/cases?team=" + string(w.team["T1"]) }},
		},
		"POST /v1/cases/:id/adopt": {{may: []string{chair}, refused: acting, body: fixedKey(""),
			to: func(w *world) string { return "/v1/cases/" + string(w.aCase()) + "/adopt" }}},
		"POST /v1/cases/:id/dismiss": {{may: []string{leader, otherTeam, chair}, refused: acting, body: fixedKey("Lý do."),
			to: func(w *world) string { return "/v1/cases/" + string(w.aCase()) + "/dismiss" }}},
		"POST /v1/blobs/have": {{may: []string{member, leader}, body: func(w *world, _ string) string {
			return `{"team":"` + string(w.team["T1"]) + `","sha256":[]}`
		}}},
		"GET /v1/blobs/:sha256":       {{may: readsPhotos, to: func(w *world) string { return "/v1/blobs/" + w.aPhoto() }}},
		"GET /v1/blobs/:sha256/thumb": {{may: readsPhotos, to: func(w *world) string { return "/v1/blobs/" + w.aPhoto() + "/thumb" }}},
		"OPTIONS /v1/uploads":         unsigned,
		"POST /v1/uploads": {{may: []string{member, leader}, status: 201, header: map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": "9"},
			headers: (*world).anyMetadata}},
		"HEAD /v1/uploads/:id":   {{may: []string{member}, header: tusHeader, to: (*world).anUpload}},
		"PATCH /v1/uploads/:id":  {{may: []string{member}, header: tusHeader, mime: "application/offset+octet-stream", body: fixed("x"), to: (*world).anUpload}},
		"DELETE /v1/uploads/:id": {{may: []string{member}, header: tusHeader, to: (*world).anUpload}},
		"POST /v1/uploads/:id": {{may: []string{member}, mime: "application/offset+octet-stream", body: fixed("x"), to: (*world).anUpload,
			header: map[string]string{"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}}},
		"GET /v1/review/queue": {{may: []string{chair, accountant}, to: func(w *world) string {
			return "/v1/review/queue?month=" + month + "&commune=" + string(w.unit["A"])
		}}},
		"POST /v1/review/decisions": {{may: []string{chair}, refused: acting, body: (*world).aDecision}},
		"GET /v1/activities/:id":    {{may: []string{member, leader, chair, accountant}, to: func(w *world) string { return "/v1/activities/" + string(w.pending()) }}},
		"GET /v1/activities/:id/comments": {{may: []string{chair, accountant},
			to: func(w *world) string { return "/v1/activities/" + string(w.pending()) + "/comments" }}},
		"POST /v1/activities/:id/comments": {{may: []string{chair, accountant}, body: func(*world, string) string {
			return `{"key":"` + string(newID()) + `","text":"Đã gọi hỏi tổ trưởng."}`
		}, to: func(w *world) string { return "/v1/activities/" + string(w.pending()) + "/comments" }}},
		"GET /v1/stats/summary": {{may: []string{chair, accountant, otherChair, viewer, province, system}, path: "/v1/stats/summary?from=2023-01&to=2023-12"}},
		"GET /v1/stats/flat": {{may: []string{chair, accountant, otherChair, viewer, province, system}, path: "/v1/stats/flat?from=2023-01&to=2023-12"},
			{may: []string{chair, accountant, otherChair, viewer, province, system}, path: "/v1/stats/flat?from=2023-01&to=2023-12&format=csv"}},
		"GET /v1/stats/activities":  {{may: []string{chair, accountant, otherChair, viewer, province, system}, path: "/v1/stats/activities?from=2023-01&to=2023-12"}},
		"GET /v1/stats/team-months": {{may: []string{chair, accountant, otherChair, viewer, province, system}, path: "/v1/stats/team-months?from=2023-01&to=2023-12"}},
		"GET /v1/map":               {{may: signedIn, path: "/v1/map?on=2023-06-30"}, {may: signedIn, path: "/v1/map?on=2025-07-01"}},
		"GET /v1/stats/board":       {{may: []string{chair, accountant, otherChair, viewer, province, system}, path: "/v1/stats/board?from=2023-01&to=2023-12"}},
		"GET /v1/communes/:unit/months/:month": {{may: []string{chair, accountant, viewer, province, system},
			to: func(w *world) string { return "/v1/communes/" + string(w.unit["A"]) + "/months/" + month }}},
		"POST /v1/communes/:unit/months/:month/close": {{may: []string{chair}, body: fixed(`{"teams":[]}`),
			to: func(w *world) string { return "/v1/communes/" + string(w.unit["A"]) + "/months/" + month + "/close" }},
			{may: []string{chair}, status: 202, header: async, body: func(w *world, _ string) string {
				return `{"teams":[{"team":"` + string(w.team["T1"]) + `","csum":"` + strings.Repeat("A", 22) + `"}]}`
			},
				to: func(w *world) string { return "/v1/communes/" + string(w.unit["A"]) + "/months/" + month + "/close" }}},
		"GET /v1/teams/:team/months/:month": {{may: []string{member, leader, chair, accountant, viewer, province, system},
			to: func(w *world) string { return "/v1/teams/" + string(w.team["T1"]) + "/months/" + month }}},
		"POST /v1/teams/:team/months/:month/close": {{may: []string{chair}, status: 422,
			to:     func(w *world) string { return "/v1/teams/" + string(w.team["T1"]) + "/months/" + month + "/close" },
			header: map[string]string{"If-Match": `"` + string(newID()) + `"`}}},
		"GET /v1/teams/:team/months/:month/explain": {{may: []string{member, leader, chair, accountant, viewer, province, system},
			to: func(w *world) string { return "/v1/teams/" + string(w.team["T1"]) + "/months/" + month + "/explain" }}},
		"GET /v1/months/:month/overdue": {{may: []string{viewer, province, system}, path: "/v1/months/" + month + "/overdue"}},
		"GET /v1/extensions":            {{may: signedIn}},
		"POST /v1/stats/indicators": {{may: []string{province},
			body: fixed(`{"name":"Chỉ tiêu thử","figure":"approved","target":10,"from":"2023-01","until":"2023-12-31"}`)}},
		"GET /v1/stats/indicators/:id": {{may: []string{viewer, province, system}, status: 404,
			to: func(*world) string { return "/v1/stats/indicators/" + string(newID()) }}},
		"POST /v1/extensions": {{may: []string{province},
			body: fixed(`{"kind":"storm","from":"` + month + `","to":"` + month + `","days":2,"reason":"Bão"}`)}},
		"GET /v1/communes/:unit/top-ups": {{may: []string{chair, accountant, viewer, province, system},
			to: func(w *world) string { return "/v1/communes/" + string(w.unit["A"]) + "/top-ups" }}},
		"POST /v1/communes/:unit/top-ups": {{may: []string{chair}, status: 400,
			body: fixed(`{"policy":"x","decision":"1","on":"2023-01-01","from":"2023-01","to":"2023-01","vnd":1}`),
			to:   func(w *world) string { return "/v1/communes/" + string(w.unit["A"]) + "/top-ups" }}},
		"GET /v1/teams/:team/village": {{may: []string{member, leader, chair, accountant, viewer, province, system},
			to: func(w *world) string { return "/v1/teams/" + string(w.team["T1"]) + "/village" }}},
		"POST /v1/teams/:team/village": {{may: []string{chair, province, system},
			body: fixed(`{"from":"2023-01-01","households":100,"kind":"thon","source":"12/BC-UBND"}`),
			to:   func(w *world) string { return "/v1/teams/" + string(w.team["T1"]) + "/village" }}},
		"GET /v1/proposals": {
			{may: []string{viewer, province, system}},
			{may: []string{chair, accountant, viewer, province, system}, to: func(w *world) string { return "/v1/proposals?commune=" + string(w.unit["A"]) }},
		},
		"POST /v1/proposals": {{may: []string{chair, accountant, province}, status: 422, body: func(w *world, _ string) string {
			return `{"key":"` + string(newID()) + `","kind":"reopen","team":"` + string(w.team["T1"]) + `","month":"` + month + `","close":1,"reason":"Thử"}`
		}}},
		"POST /v1/proposals/:id/decision": {{may: []string{viewer, province, system}, status: 404, body: fixed(`{"decision":"approve"}`),
			to: func(*world) string { return "/v1/proposals/" + string(newID()) + "/decision" }}},
		"GET /v1/disputes": {
			{may: []string{viewer, province, system}},
			{may: []string{chair, accountant, viewer, province, system}, to: func(w *world) string { return "/v1/disputes?commune=" + string(w.unit["A"]) }},
		},
		"GET /v1/disputes/:id": {{may: []string{member, leader, chair, accountant, viewer, province, system},
			to: func(w *world) string { return "/v1/disputes/" + string(w.aDispute()) }}},
		"POST /v1/disputes/:id/answer": {{may: []string{chair, province}, body: fixed(`{"decision":"explained","text":"Tháng chưa chốt"}`),
			to: func(w *world) string { return "/v1/disputes/" + string(w.aDispute()) + "/answer" }}},
		"POST /v1/months/:month/finalise": {{may: []string{province}, path: "/v1/months/" + month + "/finalise", status: 422},
			{may: []string{province}, path: "/v1/months/" + month + "/finalise", status: 202, header: async}},
		"GET /v1/months/totals":   {{may: []string{viewer, province, system}, path: "/v1/months/totals?year=2023"}},
		"GET /v1/policies":        {{may: signedIn}},
		"POST /v1/policies":       {{may: []string{province, system}, body: func(*world, string) string { return string(policyFile()) }}},
		"POST /v1/policies/check": {{may: []string{province, system}, body: func(*world, string) string { return string(policyFile()) }}},
		"POST /v1/policies/what-if": {{may: []string{province, system}, body: whatIf},
			{may: []string{province, system}, body: whatIf, status: 202, header: async}},
		"GET /v1/policies/proposals":  {{may: []string{viewer, province, system}}},
		"POST /v1/policies/proposals": {{may: []string{province}, status: 400, body: func(*world, string) string { return `{"key":"` + string(newID()) + `","file":"{}"}` }}},
		"POST /v1/policies/proposals/:id/decision": {{may: []string{province}, status: 404, body: fixed(`{"decision":"approve"}`),
			to: func(*world) string { return "/v1/policies/proposals/" + string(newID()) + "/decision" }}},
		"GET /v1/fundings": {{may: signedIn}},
		"POST /v1/fundings": {{may: []string{province}, status: 400,
			body: fixed(`{"policy":"x","decision":"1","on":"2023-01-01","from":"2023-01","to":"2023-01","teams":[],"months":1,"total":0,"origin":"A"}`)}},
		"GET /v1/audit":           {{may: []string{province, system}}, {may: []string{province, system}, path: "/v1/audit?format=csv&what=change"}},
		"POST /v1/verify":         {{may: []string{province, viewer, system}}},
		"GET /v1/backups":         {{may: []string{province, system}}},
		"POST /v1/backups":        {{may: []string{province, system}}},
		"GET /v1/checkpoint":      {{may: signedIn, status: 404}}, // nothing is sealed in this world
		"GET /v1/imports":         {{may: signedIn}},
		"GET /v1/jobs":            {{may: signedIn}},
		"GET /v1/jobs/:id":        {{may: []string{province, system}, to: func(w *world) string { return "/v1/jobs/" + w.aJob() }}},
		"GET /v1/jobs/:id/result": {{may: []string{system}, status: 404, to: func(w *world) string { return "/v1/jobs/" + w.aJob() + "/result" }}},
		"POST /v1/exports": {
			{may: []string{viewer, province, system}, status: 202, body: fixed(`{"kind":"activities","from":"2023-06","to":"2023-06","format":"csv"}`)},
			{may: []string{province}, status: 202, body: fixed(`{"kind":"lists","from":"2023-06","to":"2023-06","format":"pdf"}`)},
			{may: []string{chair, accountant}, status: 202, body: func(w *world, _ string) string {
				return `{"kind":"activities","from":"2023-06","to":"2023-06","format":"xlsx","unit":"` + string(w.unit["A"]) + `"}`
			}},
		},
		"POST /v1/jobs/:id/cancel": {{may: []string{province, system}, status: 409,
			to: func(w *world) string { return "/v1/jobs/" + w.aJob() + "/cancel" }}},
		"POST /v1/jobs/:id/undo": {{may: []string{province, system}, status: 202, to: func(w *world) string { return "/v1/jobs/" + w.aJob() + "/undo" }}},
		"POST /v1/imports/:kind": {
			{may: []string{province, system}, path: "/v1/imports/teams?dry_run=true", mime: "text/csv", body: fixed("ref,name,level,commune_code,village,decision,established_on,dissolved_on\n")},
			{may: []string{system}, path: "/v1/imports/units?dry_run=true", mime: "text/csv", body: fixed("level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref\n")},
		},
		"GET /v1/lists": {
			{may: []string{chair, accountant, viewer, province, system}, to: func(w *world) string { return "/v1/lists?unit=" + string(w.unit["A"]) }},
			{may: []string{viewer, province, system}, path: "/v1/lists"},
		},
		"POST /v1/lists": {{may: []string{chair, accountant, province}, status: 422, body: func(w *world, _ string) string {
			return fmt.Sprintf(`{"key":%q,"kind":"payment","policy":"yb-nq60-team","units":[%q],"months":["2023-06"]}`, newID(), w.unit["A"])
		}}},
		"POST /v1/lists/issue":        {{may: []string{province}, status: 404, body: fixed(`{"lists":["` + string(newID()) + `"]}`)}},
		"GET /v1/lists/:id":           unknownList("", ""),
		"POST /v1/lists/:id/replace":  unknownList("/replace", `{"key":"`+string(newID())+`","reason":"Lý do"}`),
		"POST /v1/lists/:id/discard":  unknownList("/discard", ""),
		"POST /v1/lists/:id/payments": unknownList("/payments", `{"voucher":"PC 1","on":"2023-06-20"}`),
		"GET /v1/lists/:id/paper":     unknownList("/paper", ""),
		"GET /v1/communes/:unit/months/:month/paper": {{may: []string{chair, accountant, province},
			to: func(w *world) string {
				return "/v1/communes/" + string(w.unit["A"]) + "/months/" + month + "/paper?kind=eligibility&format=csv"
			}}, {may: []string{chair, accountant}, to: func(w *world) string {
			return "/v1/communes/" + string(w.unit["A"]) + "/months/" + month + "/paper?kind=activities&format=xlsx"
		}}},
		"GET /v1/teams/:team/months/:month/paper": {{may: []string{member, leader, chair, accountant, province},
			to: func(w *world) string {
				return "/v1/teams/" + string(w.team["T1"]) + "/months/" + month + "/paper?kind=report&format=csv"
			}}},
		"GET /v1/province/paper": {{may: []string{viewer, province, system}, path: "/v1/province/paper?policy=yb-nq60-team&from=2023-06&to=2023-12&format=xlsx"}},
		"GET /v1/support":        {{may: []string{province}, path: "/v1/support"}},
		"POST /v1/support": {{may: []string{province}, status: 400, body: func(*world, string) string {
			return `{"key":"` + string(newID()) + `","policy":"yb-nq60-team","months":["2023-06"]}`
		}}},
		"POST /v1/support/:id/confirm": {{may: []string{province}, status: 404, body: fixed(`{"decision":"1/QĐ","on":"2023-06-20","total":1}`),
			to: func(*world) string { return "/v1/support/" + string(newID()) + "/confirm" }}},
		"POST /v1/spendings": {{may: []string{leader, accountant}, refused: func(b string) bool { return !strings.Contains(b, `"applied"`) },
			body: func(w *world, _ string) string {
				return fmt.Sprintf(`{"key":%q,"team":%q,"policy":"yb-nq60-team","category":%q,"amount":5000,"on":"2023-06-10","evidence":["paper:HD 1"]}`,
					newID(), w.team["T1"], w.allowedUse())
			}}},
		"GET /v1/budget": {{may: []string{viewer, province, system}, path: "/v1/budget?policy=yb-nq60-team&year=2023"}},
		"GET /v1/settlement": {
			{may: []string{viewer, province, system}, path: "/v1/settlement?policy=yb-nq60-team&quarter=2023-Q3"},
			{may: []string{chair, accountant, viewer, province, system}, to: func(w *world) string {
				return "/v1/settlement?policy=yb-nq60-team&quarter=2023-Q3&unit=" + string(w.unit["A"])
			}},
		},
		"GET /v1/settlement/paper": {{may: []string{viewer, province, system}, path: "/v1/settlement/paper?policy=yb-nq60-team&quarter=2023-Q3"}},
		"GET /v1/units":            {{may: signedIn}},
		"GET /v1/communes/:unit/contact": {{may: []string{member, leader, otherTeam, chair, accountant, viewer, province, system}, status: 404,
			to: func(w *world) string { return "/v1/communes/" + string(w.unit["A"]) + "/contact" }}},
		"POST /v1/communes/:unit/contact": {{may: []string{chair, province, system}, body: fixed(`{"office":"Văn phòng xã","phone":"0216 000 000"}`),
			to: func(w *world) string { return "/v1/communes/" + string(w.unit["A"]) + "/contact" }}},
		"GET /v1/communes/:unit/delegations": {{may: []string{chair, accountant, province, system},
			to: func(w *world) string { return "/v1/communes/" + string(w.unit["A"]) + "/delegations" }}},
		"POST /v1/communes/:unit/delegations": {{may: []string{chair, province, system}, status: 400, body: func(w *world, _ string) string {
			return fmt.Sprintf(`{"key":%q,"person":%q,"from":"2020-01-01","to":"2020-01-02"}`, newID(), w.who[member])
		}, to: func(w *world) string { return "/v1/communes/" + string(w.unit["A"]) + "/delegations" }}},
		"POST /v1/delegations/:id/end": {{may: []string{province, system}, status: 404, // a chair is told nothing of it
			to: func(*world) string { return "/v1/delegations/" + string(newID()) + "/end" }}},
		"GET /v1/teams": {
			{may: []string{member, leader, otherTeam, chair, accountant, viewer, province, system}, to: func(w *world) string { return "/v1/teams?commune=" + string(w.unit["A"]) }},
			{may: signedIn, path: "/v1/teams"},
		},
		"GET /v1/switches":        {{may: signedIn}},
		"POST /v1/switches/:name": {{may: []string{province}, body: fixed(`{"off":true}`), to: func(*world) string { return "/v1/switches/letters" }}},
		"GET /v1/reasons":         {{may: signedIn}},
		"POST /v1/reasons/:of":    {{may: []string{province}, body: fixed(`{"list":[{"vi":"Thiếu ảnh (thử)"}]}`), to: func(*world) string { return "/v1/reasons/return" }}},
		"GET /v1/catalogue":       {{may: signedIn}},
		"POST /v1/catalogue":      {{may: []string{province}, body: fixed(`{"name":"Hỗ trợ chữ ký số (thử)","group":"DICH_VU_CONG","measures":[{"name":"số người","unit":"người"}]}`)}},
		"POST /v1/catalogue/:code/retire": {{may: []string{province}, body: fixed(`{"until":"2023-06-30"}`),
			to: func(*world) string { return "/v1/catalogue/SO_SUC_KHOE/retire" }}},
		"GET /v1/places":               {{may: []string{chair, accountant, otherChair, viewer, province, system}}},
		"GET /v1/units/events":         {{may: signedIn}},
		"POST /v1/units/changes":       {{may: []string{province, system}, body: renamed}},
		"POST /v1/units/changes/check": {{may: []string{province, system}, body: renamed}},
		"POST /v1/communes/:unit/registrations/:year": {{may: []string{province, system}, body: fixed(`{"standard":"standard","decision":"9/QĐ","on":"2023-05-01","origin":"A"}`),
			to: func(w *world) string { return "/v1/communes/" + string(w.unit["B"]) + "/registrations/2022" }}},
		"DELETE /v1/communes/:unit/registrations/:year": {{may: []string{province, system}, status: 404,
			to: func(w *world) string { return "/v1/communes/" + string(w.unit["B"]) + "/registrations/2021" }}},
		"GET /v1/registrations": {{may: signedIn, path: "/v1/registrations?year=2023"}},
		"POST /v1/grants": {
			{may: []string{chair, province, system}, body: func(w *world, _ string) string {
				return `{"name":"Người Mới (thử)","role":"member","team":"` + string(w.team["T2"]) + `"}`
			}},
			{may: []string{chair, province, system}, body: func(w *world, _ string) string {
				return `{"name":"Kế Toán Mới (thử)","role":"commune_accountant","unit":"` + string(w.unit["A"]) + `","to":"2023-12-31"}`
			}},
			{may: []string{province, system}, body: func(w *world, _ string) string {
				return `{"name":"Chủ Tịch Mới (thử)","role":"commune_chair","unit":"` + string(w.unit["B"]) + `"}`
			}},
			{may: []string{system}, body: func(w *world, _ string) string {
				return `{"name":"Tỉnh Mới (thử)","role":"province_admin","unit":"` + string(w.unit["P"]) + `"}`
			}},
		},
		"POST /v1/grants/:id/end": {{may: []string{chair, province, system}, body: fixed(`{"on":"2023-12-31"}`),
			to: func(w *world) string { return "/v1/grants/" + w.aGrant() + "/end" }}},
		"GET /v1/people": {{may: []string{chair, accountant, province, system},
			to: func(w *world) string { return "/v1/people?unit=" + string(w.unit["A"]) }}, {may: []string{member, leader, chair, accountant, province, system},
			to: func(w *world) string { return "/v1/people?team=" + string(w.team["T1"]) }}},
	}
}

// allowedUse is one of the uses that the policy allows.
func (w *world) allowedUse() string {
	w.t.Helper()
	var file struct {
		Spending []struct {
			ID string `json:"id"`
		} `json:"spending"`
	}
	if err := json.Unmarshal(policyFile(), &file); err != nil || len(file.Spending) == 0 {
		w.t.Fatalf("the policy allows nothing: %v", err)
	}
	return file.Spending[0].ID
}

// unknownList is a list that is not there: who may not read lists is told
// nothing of it.
func unknownList(suffix, body string) []ask {
	a := ask{may: []string{province}, status: 404}
	if body != "" {
		a.body = fixed(body)
	}
	a.to = func(w *world) string { return "/v1/lists/" + string(newID()) + suffix }
	return []ask{a}
}

func policyFile() []byte {
	b, _ := data.Files.ReadFile("policies/yb-nq60-team.json") // its own tests hold that it is there
	return b
}

func aside2(b string) bool { return strings.Contains(b, `"error":"forbidden"`) }

func people(p string) func(*world, string) string {
	return func(w *world, _ string) string { return `{"people":["` + string(w.who[p]) + `"]}` }
}

func fixedKey(reason string) func(*world, string) string {
	return func(*world, string) string {
		b, _ := json.Marshal(client.CaseDecision{Key: newID(), Reason: reason})
		return string(b)
	}
}

// anotherDevice signs the member in on one more phone.
func (w *world) anotherDevice() client.ID {
	w.t.Helper()
	codes, err := w.as[system].NewCodes(w.t.Context(), []client.ID{w.who[member]})
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := w.client("").Activate(w.t.Context(), client.Activate{Code: codes[0].Code, Install: newID()})
	if err != nil {
		w.t.Fatal(err)
	}
	return s.Device
}

// aCase is a new one in T1, by the member of T2.
func (w *world) aCase() client.ID {
	w.t.Helper()
	v := w.phone(otherTeam).push(w.activity("T1"))[0]
	if v.Case == "" {
		w.t.Fatalf("no case: %+v", v)
	}
	return v.Case
}

// aDispute is a new one in T1, or the one that its member has asked.
func (w *world) aDispute() client.ID {
	w.t.Helper()
	v := w.phone(member).push(&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeDispute, ID: newID(),
		Set: syncproto.Doc{"team": syncproto.Str(string(w.team["T1"])), "month": syncproto.Str(month), "question": syncproto.Str("Vì sao?")}})[0]
	if v.ID == "" || v.Case != "" {
		w.t.Fatalf("no dispute: %+v", v)
	}
	return v.ID
}

// pending is a new submission in T1.
func (w *world) pending() client.ID {
	w.t.Helper()
	a := w.activity("T1")
	for _, v := range w.phone(member).push(a, &syncproto.Mutation{Op: syncproto.OpSubmit, Type: a.Type, ID: a.ID}) {
		if v.V != syncproto.Applied {
			w.t.Fatalf("verdict %+v", v)
		}
	}
	return a.ID
}

func (w *world) aDecision(string) string {
	w.t.Helper()
	a, err := w.as[leader].Activity(w.t.Context(), w.pending())
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprintf(`{"decisions":[{"key":%q,"type":"activity","id":%q,"seen":%q,"decision":"approve"}]}`, newID(), a.ID, a.C)
}

// renamed gives the far commune another name, each time on a later day.
func renamed(w *world, _ string) string {
	w.days++
	return fmt.Sprintf(`{"key":%q,"kind":"rename","level":"commune","on":"20%d-01-01","basis":"NQ (thử)","from":[%q],"to":[{"unit":%[3]q,"name":"Xã B đổi tên"}]}`, newID(), 30+w.days, w.unit["B"])
}
