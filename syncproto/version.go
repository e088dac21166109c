package syncproto

// Protocol and record schema versions. A server accepts every version from
// Min to Current; a phone of any age may always push (SPEC.md, "Versions").
const (
	ProtoMin     = 1
	ProtoCurrent = 1

	SchemaMin     = 1
	SchemaCurrent = 1
)
