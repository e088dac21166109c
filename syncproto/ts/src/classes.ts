/** How a field of a document is merged (SPEC.md section 13). */
export type Class = "free" | "material" | "set" | "server";

type Listed = { [field: string]: Class };

function of(c: Class, names: string): Listed {
  const out: Listed = {};
  for (const n of names.split(" ")) out[n] = c;
  return out;
}

const reviewed = "author state reason reviewer reviewed_c unit received submitted c";

/** Fields that are not of the class that others of the type have. A field that a newer app brings is free and is preserved. */
const listed: { [type: string]: { fields: Listed; others: Class } } = {
  activity: {
    fields: {
      ...of("material", "done_on category team measures"),
      ...of("set", "participants evidence"),
      ...of("server", reviewed + " waiver flags month alias_of held"),
    },
    others: "free",
  },
  report: {
    fields: { ...of("material", "team month summary difficulties proposals"), ...of("server", reviewed) },
    others: "free",
  },
  receipt: { fields: { ...of("material", "team list amount on"), ...of("server", "author state paid received unit c") }, others: "free" },
  spending: {
    fields: { ...of("material", "team policy category amount on"), ...of("set", "evidence"), ...of("server", "author state received unit c held") },
    others: "free",
  },
  dispute: {
    fields: { ...of("material", "team month question"), ...of("server", "author state stood asked_ms answer_by answer by at_ms proposal origin c") },
    others: "free",
  },
  inbox: { fields: { read: "free", shown: "free", opened: "free" }, others: "server" },
};
for (const t of ["team", "grant", "person", "progress", "case", "own_case", "category", "code", "policy", "payment", "payment_list", "proposal", "extension", "contact"]) {
  listed[t] = { fields: {}, others: "server" };
}

function own<T>(o: { [name: string]: T }, name: string): T | undefined {
  return Object.prototype.hasOwnProperty.call(o, name) ? o[name] : undefined;
}

export function classOf(type: string, field: string): Class {
  const t = own(listed, type);
  return t ? own(t.fields, field) ?? t.others : "free";
}
