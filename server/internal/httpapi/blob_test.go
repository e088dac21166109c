package httpapi_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

var tusHeader = map[string]string{"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}

// readsPhotos are who reads the records of T1.
var readsPhotos = []string{member, leader, chair, "accountant"}

func (w *world) anyMetadata() map[string]string {
	return map[string]string{"Upload-Metadata": w.metadata("T1", strings.Repeat("ab", 32))}
}

// snap is a picture as a phone makes them; seed makes others.
func snap(t testing.TB, seed int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*(seed+3) ^ i>>5)
	}
	img.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (w *world) metadata(team, name string) string {
	b64 := base64.StdEncoding.EncodeToString
	return "team " + b64([]byte(w.team[team])) + ",sha256 " + b64([]byte(name))
}

// anUpload is the path of a new one of the member, one byte below its end.
func (w *world) anUpload() string {
	w.t.Helper()
	u, err := w.as[member].BeginUpload(w.t.Context(), w.team["T1"], client.PhotoName([]byte(newID())), 2)
	if err != nil {
		w.t.Fatal(err)
	}
	return u.Path
}

// photographed is an activity of T1 whose evidence is a photo.
func (w *world) photographed(name string) *syncproto.Mutation {
	a := w.activity("T1")
	a.Add["evidence"] = []string{domain.EvidencePhoto + name}
	return a
}

// aPhoto is the name of one that an activity of T1 has.
func (w *world) aPhoto() string {
	w.t.Helper()
	name, err := w.as[member].SendPhoto(w.t.Context(), w.team["T1"], snap(w.t, 1))
	if err != nil {
		w.t.Fatal(err)
	}
	if v := w.phone(member).push(w.photographed(name))[0]; v.V != syncproto.Applied {
		w.t.Fatalf("verdict %+v", v)
	}
	return name
}

// held reads the photos of an activity that the server says it has.
func (w *world) held(id client.ID) []string {
	w.t.Helper()
	v, err := w.as[leader].Activity(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	var a domain.Activity
	if err := json.Unmarshal(v.Doc, &a); err != nil {
		w.t.Fatal(err)
	}
	return a.Held
}

// TestBlob_MonthMovesWhenThePhotoArrives: a month whose only evidence is a
// photo becomes eligible when the bytes arrive, and not before; c stays, so
// nothing has to be reviewed again.
func TestBlob_MonthMovesWhenThePhotoArrives(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	pic := snap(t, 7)
	name := client.PhotoName(pic)
	a, rep := w.photographed(name), syncproto.DerivedID(syncproto.TypeReport, w.team["T1"], month)
	w.phone(member).push(a, &syncproto.Mutation{Op: syncproto.OpSubmit, Type: a.Type, ID: a.ID})
	w.phone(leader).push(&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeReport, ID: rep,
		Set: syncproto.Doc{"team": syncproto.Str(string(w.team["T1"])), "month": syncproto.Str(month), "summary": syncproto.Str("Đã làm.")}},
		&syncproto.Mutation{Op: syncproto.OpSubmit, Type: syncproto.TypeReport, ID: rep})
	w.reviewed()
	w.clock.set("2023-07-03")
	before, _, err := w.as[chair].TeamMonth(ctx, w.team["T1"], month, "")
	if err != nil || before.Progress.Result == "eligible" || before.Progress.Activities[0].Why != "photo_not_received" {
		t.Fatalf("before the photo: %v %s %+v", err, before.Progress.Result, before.Progress.Activities)
	}
	if held := w.held(a.ID); len(held) != 0 {
		t.Errorf("held before: %v", held)
	}
	if _, err := w.as[member].SendPhoto(ctx, w.team["T1"], pic); err != nil {
		t.Fatal(err)
	}
	after, _, err := w.as[chair].TeamMonth(ctx, w.team["T1"], month, "")
	if err != nil || after.Progress.Result != "eligible" || !after.Progress.Activities[0].Counts || after.Csum != before.Csum {
		t.Fatalf("after the photo: %v %s %+v, csum %s and %s", err, after.Progress.Result, after.Progress.Activities, before.Csum, after.Csum)
	}
	if held := w.held(a.ID); len(held) != 1 || held[0] != domain.EvidencePhoto+name {
		t.Errorf("held after: %v", held)
	}
	if err := w.app.Follow(ctx); err != nil {
		t.Fatal(err)
	}
	if p := w.progress(leader, "T1"); p.Result != domain.Eligible {
		t.Errorf("the phone still shows %s", p.Result)
	}
	if r, err := w.as[chair].CloseTeamMonth(ctx, w.team["T1"], month, after.Csum); err != nil || !r.Closed || r.Verdict.Result != "eligible" {
		t.Errorf("close: %v %+v", err, r)
	}
}

// progress is the record of a month as a phone gets it.
func (w *world) progress(as, team string) (p domain.Progress) {
	w.t.Helper()
	res, err := w.as[as].Sync(w.t.Context(), &syncproto.Request{Proto: 1, Schema: 1, App: "test", Client: newID(),
		Push: syncproto.Push{First: 1, List: []syncproto.RawMutation{}}, Pull: []syncproto.Pull{{Scope: syncproto.TeamScope(w.team[team])}}})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, page := range res.Scopes {
		for _, c := range page.Changes {
			var q domain.Progress
			if c.Type == syncproto.TypeProgress && json.Unmarshal(c.Doc, &q) == nil && string(q.Month) == month {
				p = q
			}
		}
	}
	return p
}

// TestBlob_TooLateForAClosedMonth: what arrives after the close counts no more,
// and is kept.
func TestBlob_TooLateForAClosedMonth(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	pic := snap(t, 8)
	a := w.photographed(client.PhotoName(pic))
	w.phone(member).push(a, &syncproto.Mutation{Op: syncproto.OpSubmit, Type: a.Type, ID: a.ID})
	w.reviewed()
	w.clock.set("2023-07-03")
	v, _, err := w.as[chair].TeamMonth(ctx, w.team["T1"], month, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.as[chair].CloseTeamMonth(ctx, w.team["T1"], month, v.Csum); err != nil {
		t.Fatal(err)
	}
	if _, err := w.as[member].SendPhoto(ctx, w.team["T1"], pic); err != nil {
		t.Fatalf("a photo of a closed month: %v", err)
	}
	after, _, err := w.as[chair].TeamMonth(ctx, w.team["T1"], month, "")
	if err != nil || after.Progress.Activities[0].Counts || len(w.held(a.ID)) != 0 {
		t.Errorf("it counts for a closed month: %v %+v", err, after.Progress.Activities)
	}
}

// TestBlob_ForeignTeams: nobody learns from a name what another team sent.
func TestBlob_ForeignTeams(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	name, pic := w.aPhoto(), snap(t, 1)
	for who, want := range map[string]string{member: "stored", leader: "stored"} {
		if got, err := w.as[who].HavePhotos(ctx, w.team["T1"], []string{name}); err != nil || got[0].State != want {
			t.Errorf("%s: %v %v", who, got, err)
		}
	}
	if got, err := w.as[otherTeam].HavePhotos(ctx, w.team["T2"], []string{name}); err != nil || got[0].State != "missing" {
		t.Errorf("the other team's own: %v %v", got, err)
	}
	u, err := w.as[otherTeam].BeginUpload(ctx, w.team["T2"], name, int64(len(pic)))
	if err != nil || u.Offset != 0 {
		t.Errorf("the other team is spared sending: %+v %v", u, err)
	}
	var said [2]string
	for i, n := range []string{name, strings.Repeat("0", 64)} {
		res := w.raw(otherChair, "GET", "/v1/blobs/"+n, nil, nil)
		b, _ := io.ReadAll(res.Body)
		said[i] = fmt.Sprint(res.StatusCode, string(b[:bytes.Index(b, []byte(`"instance"`))]))
	}
	if said[0] != said[1] || !strings.HasPrefix(said[0], "403") {
		t.Errorf("it tells which exist:\n%s\n%s", said[0], said[1])
	}
}

func TestBlob_Download(t *testing.T) {
	w := newWorld(t)
	name, pic := w.aPhoto(), snap(t, 1)
	res := w.raw(chair, "GET", "/v1/blobs/"+name, nil, map[string]string{"Range": "bytes=10-19"})
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusPartialContent || !bytes.Equal(b, pic[10:20]) {
		t.Errorf("range: %d, %d bytes", res.StatusCode, len(b))
	}
	for h, want := range map[string]string{"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff",
		"Cache-Control": "private, max-age=31536000, immutable", "Content-Security-Policy": "default-src 'none'; sandbox"} {
		if got := res.Header.Get(h); got != want {
			t.Errorf("%s: %q", h, got)
		}
	}
	if res := w.raw(leader, "GET", "/v1/blobs/"+name, nil, map[string]string{"If-None-Match": res.Header.Get("ETag")}); res.StatusCode != 304 {
		t.Errorf("known already: %d", res.StatusCode)
	}
	thumb, err := w.as[chair].Photo(t.Context(), name, true)
	if err != nil || !bytes.HasPrefix(thumb, []byte{0xff, 0xd8}) {
		t.Errorf("thumb: %v", err)
	}
	for _, path := range []string{"/v1/blobs/..%2f..%2fkeys.json", "/v1/blobs/" + strings.ToUpper(name), "/v1/blobs/" + name + "%00"} {
		if res := w.raw(member, "GET", path, nil, nil); res.StatusCode != 403 && res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// TestBlob_RevokedDevice hands over its photos and reads none.
func TestBlob_RevokedDevice(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	name := w.aPhoto()
	list, err := w.as[leader].Devices(ctx, w.who[member])
	if err != nil {
		t.Fatal(err)
	}
	if err := w.as[leader].RevokeDevice(ctx, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.as[member].SendPhoto(ctx, w.team["T1"], snap(t, 9)); err != nil {
		t.Errorf("a revoked phone's photo: %v", err)
	}
	if _, err := w.as[member].Photo(ctx, name, false); client.AsProblem(err) == nil || client.AsProblem(err).Status != 403 {
		t.Errorf("a revoked phone reads: %v", err)
	}
}
