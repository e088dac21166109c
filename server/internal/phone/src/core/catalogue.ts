// The kinds of activity, from scope "ref": the server's list.
import { refScope } from "@banso/sync";
import type { Kind } from "@banso/kit/kinds";
import { docs, text } from "./model";
import type { Phone } from "./phone";

export async function readKinds(p: Phone): Promise<Kind[]> {
  const list = await p.ref.list("category", refScope);
  return list.map(({ doc }) => ({
    code: text(doc, "code"), name: text(doc, "name"), nameEn: text(doc, "name_en"), from: text(doc, "from"), until: text(doc, "until"), group: text(doc, "group"), evidence: text(doc, "evidence"),
    measures: docs(doc, "measures").map((m) => ({ key: text(m, "key"), name: text(m, "name"), nameEn: text(m, "name_en"), unit: text(m, "unit") })).filter((m) => m.unit),
  }));
}

/** offToday says whether the province has switched something off. */
export async function offToday(p: Phone, name: string, today: string): Promise<boolean> {
  const x = (await p.ref.list("code", refScope)).find(({ doc }) => text(doc, "code") === "switch." + name)?.doc;
  return x !== undefined && (x["off"] === true) === (text(x, "from") <= today);
}
