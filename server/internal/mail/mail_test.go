package mail_test

import (
	"net"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/mail"
	"github.com/banso/banso/server/internal/notify/pushtest"
)

// TestSend: a letter arrives with its id; a refusal is an error that names
// neither recipient nor password, and the next letter arrives again.
func TestSend(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var box pushtest.Mailbox
	go box.Serve(l)
	s, to, err := mail.Parse("smtp://" + l.Addr().String() + "/?from=banso@example.vn&to=so@example.vn")
	if err != nil || to != "so@example.vn" {
		t.Fatal(to, err)
	}
	letter := mail.Letter{To: "can.bo@example.vn", Subject: "Bản Số: việc của ngày", Text: "4 mục chờ duyệt\n", ID: "abc@banso"}
	box.Refuse("451 4.7.1 can.bo@example.vn: later")
	if err := s.Send(t.Context(), letter); err == nil || strings.Contains(err.Error(), "can.bo") {
		t.Errorf("a refusal: %v", err)
	}
	box.Refuse("")
	if err := s.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	got := box.Letters()
	if len(got) != 1 {
		t.Fatalf("%d letters", len(got))
	}
	for _, want := range []string{"To: <can.bo@example.vn>", "From: <banso@example.vn>", "Message-ID: <abc@banso>", "text/plain; charset=UTF-8", "=?UTF-8?q?B=E1=BA=A3n"} {
		if !strings.Contains(got[0], want) {
			t.Errorf("no %q in\n%s", want, got[0])
		}
	}
	l.Close()
	if err := s.Send(t.Context(), letter); err == nil {
		t.Error("nobody there, and no error")
	}
}

// TestParse: what is no such address is refused without its password.
func TestParse(t *testing.T) {
	for address, ok := range map[string]bool{
		"smtps://u:geheim@mail.example.vn:465/?from=a@b.vn": true, "smtp://mail.example.vn/?from=a@b.vn": true,
		"smtp://u:geheim@mail.example.vn": false, "http://u:geheim@mail/?from=a@b.vn": false, "smtp:///?from=a@b.vn": false, "geheim": false, "": false,
	} {
		if _, _, err := mail.Parse(address); (err == nil) != ok || err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
