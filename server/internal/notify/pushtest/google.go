package pushtest

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/golang-jwt/jwt/v5"
)

const (
	project = "banso-test"
	account = "push@banso-test.iam.gserviceaccount.com"
	grantBy = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// Answer is how FCM refuses a message; the zero value takes it.
type Answer struct {
	Status int    // of HTTP
	Code   string // of FCM; "TOKEN" is what a malformed token gets
	Retry  string // header Retry-After
}

// Google is OAuth and FCM behind one address: it verifies a grant's signature,
// audience and times, and takes messages only with the token that it gave.
// Its fields are set before it serves, or under Lock.
type Google struct {
	sync.Mutex
	Key    *rsa.PublicKey
	Base   string               // its own address
	Now    func() time.Time     // its clock
	Answer func(string) Answer  // to a message for a token; nil takes all
	Took   func(map[string]any) // is told of each message that was taken

	Grants  int // access tokens given
	Refused int // grants not given
	Sends   int // messages seen, taken or not
}

// Account is a key file as Google gives it, for a key.
func (g *Google) Account(key *rsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]string{"type": "service_account", "project_id": project, "private_key_id": "k1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "client_id": "1",
		"client_email": account, "token_uri": g.Base + "/token"})
}

// ServeHTTP implements http.Handler.
func (g *Google) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.Lock()
	defer g.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path == "/token":
		g.grant(w, r)
	case r.URL.Path == "/v1/projects/"+project+"/messages:send" && r.Header.Get("Authorization") == "Bearer good":
		g.send(w, r)
	default:
		refuse(w, Answer{Status: http.StatusUnauthorized})
	}
}

func (g *Google) grant(w http.ResponseWriter, r *http.Request) {
	_, err := jwt.Parse(r.FormValue("assertion"), func(*jwt.Token) (any, error) { return g.Key, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithAudience(g.Base+"/token"), jwt.WithIssuer(account),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(g.Now))
	if err != nil || r.FormValue("grant_type") != grantBy {
		g.Refused++
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"Invalid JWT"}`)
		return
	}
	g.Grants++
	fmt.Fprint(w, `{"access_token":"good","token_type":"Bearer","expires_in":3600}`)
}

func (g *Google) send(w http.ResponseWriter, r *http.Request) {
	g.Sends++
	var in struct {
		Message map[string]any `json:"message"`
	}
	if err := json.UnmarshalRead(r.Body, &in); err != nil {
		refuse(w, Answer{Status: http.StatusBadRequest, Code: "INVALID_ARGUMENT"})
		return
	}
	token, _ := in.Message["token"].(string)
	if g.Answer != nil {
		if a := g.Answer(token); a.Status != 0 {
			refuse(w, a)
			return
		}
	}
	if g.Took != nil {
		g.Took(in.Message)
	}
	fmt.Fprintf(w, `{"name":"projects/%s/messages/1"}`, project)
}

var statuses = map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
	429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}

func refuse(w http.ResponseWriter, a Answer) {
	if a.Retry != "" {
		w.Header().Set("Retry-After", a.Retry)
	}
	w.WriteHeader(a.Status)
	details, text := "", "refused"
	if a.Code == "TOKEN" {
		a.Code, text = "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token"
	}
	if a.Code != "" {
		details = fmt.Sprintf(`,"details":[{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":%q}]`, a.Code)
	}
	fmt.Fprintf(w, `{"error":{"code":%d,"message":%q,"status":%q%s}}`, a.Status, text, statuses[a.Status], details)
}
