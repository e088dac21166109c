import { canonical, canonicalFields } from "./canonical";
import type { Doc, Fields, ID, Op, Sets } from "./index";
import { asciiName, Parser, ProfileError } from "./parser";
import { zero16 } from "./bytes";

/** One thing that one person did. Its bytes never change once made. */
export interface Mutation {
  op: Op;
  type: string;
  id: ID;
  by: ID;
  t: number;
  at: string;
  set: Fields;
  was: Fields;
  /** zero16: none. */
  seen: string;
  add: Sets;
  del: Sets;
  args: Doc;
}

/** Makes the bytes of a mutation, members in the order of the Go engine. */
export function encodeMutation(m: Mutation): string {
  const parts = [
    '"op":' + canonical(m.op), '"type":' + canonical(m.type), '"id":' + canonical(m.id), '"by":' + canonical(m.by),
    '"t":' + m.t, '"at":' + canonical(m.at),
  ];
  const object = (name: string, o: Fields | Sets): void => {
    if (Object.keys(o).length > 0) parts.push('"' + name + '":' + canonicalFields(o as Fields, () => true));
  };
  object("set", m.set);
  object("was", m.was);
  if (m.seen !== zero16) parts.push('"seen":' + canonical(m.seen));
  object("add", m.add);
  object("del", m.del);
  object("args", m.args);
  return "{" + parts.join(",") + "}";
}

/** Reads one mutation strictly, the way the server does. Throws ProfileError. */
export function decodeMutation(raw: string): Mutation {
  const p = new Parser(raw);
  const m = readMutation(p);
  p.end();
  if (m.id === "" || m.by === "" || !asciiName(m.op) || !asciiName(m.type)) throw new ProfileError("op, type, id or by is missing");
  return m;
}

/** Reads the members of a mutation, any of which may be absent. */
export function readMutation(p: Parser): Mutation {
  const none = (): Fields => Object.create(null) as Fields;
  const m: Mutation = {
    op: "" as Op, type: "", id: "", by: "", t: 0, at: "", set: none(), was: none(), seen: zero16,
    add: none() as unknown as Sets, del: none() as unknown as Sets, args: none() as Doc,
  };
  p.members({
    op: () => (m.op = p.label() as Op),
    type: () => (m.type = p.label()),
    id: () => (m.id = p.id()),
    by: () => (m.by = p.id()),
    t: () => (m.t = p.int()),
    at: () => (m.at = p.label()),
    set: () => (m.set = p.doc(true)),
    was: () => (m.was = p.doc(true)),
    seen: () => (m.seen = p.bytes16()),
    add: () => (m.add = p.sets()),
    del: () => (m.del = p.sets()),
    args: () => (m.args = p.doc(false)),
  });
  return m;
}
