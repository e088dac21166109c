package domain

// Person is the document of record type "person", in user:<person> and
// sys:people. A person has no rights of its own: grants give them.
type Person struct {
	Name string `json:"name"`
	Lang string `json:"lang,omitzero"` // "vi" (also when empty) or "en"
	// Veiled: de-identified at the person's request. Name is the alias that
	// stands for it everywhere, and no import or role gives another one.
	Veiled bool `json:"veiled,omitzero"`
}
