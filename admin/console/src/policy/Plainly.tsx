// One policy in plain words: how much, since when, under which rules, and where
// each of them comes from.
import { Card, Note } from "@banso/kit/pieces";
import { href } from "@banso/kit/router";
import { useLoad } from "../core/load";
import { send } from "../core/server";
import { type File, type Plain, type Stored, ofTeams, words } from "./data";
import { span } from "./Policies";
import { t } from "./text";

export function Plainly({ of: { id, file }, admin }: { of: Stored; admin: boolean }) {
  return (
    <div class="month">
      <p><a href={href("policies")}>{t("back")}</a></p>
      <h1>{words(file.title)}</h1>
      <p>{t("of", { instrument: file.instrument, version: file.version, span: span(file) })}</p>
      {admin && ofTeams(file) && <p><a class="button main" href={href("policies", id, "draft")}>{t("draft.go")}</a></p>}
      <Says of={file} admin={admin} />
    </div>
  );
}

/** Says is what a file says; how the amount is found is worded by the server. */
export function Says({ of: f, admin }: { of: File; admin: boolean }) {
  const plain = useLoad(() => (admin ? send<Plain>("POST", "/v1/policies/check", f) : Promise.resolve({ amount: [] })), [f.id, f.version, admin]);
  return (
    <>
      {(plain.value?.amount.length ?? 0) > 0 && <Card title={t("amount")}><ul class="list">{plain.value!.amount.map((w) => <li key={w.en}>{words(w)}</li>)}</ul></Card>}
      <Card title={t("conditions")}>
        <ul class="rules">
          {f.rules.map((r) => (
            <li key={r.id}>
              <b>{r.id}</b> {words(r.text)}{r.advisory && ` (${t("advisory")})`} <span class="badge" title={t(`origin.${r.origin}`)}>{r.origin}</span>{r.also && <span class="badge" title={t(`origin.${r.also}`)}>{r.also}</span>}
              <span class="small">{r.source}</span>
              {r.todo && <span class="small">{t("todo", { text: words(r.todo) })}</span>}
            </li>
          ))}
        </ul>
      </Card>
      {(f.assumed?.length ?? 0) > 0 && (
        <Card title={t("assumed")}>
          <ul class="list">{f.assumed!.map((a) => <li key={a.field}>{words(a)} <span class="badge" title={t("origin.A")}>A</span></li>)}</ul>
        </Card>
      )}
      {f.note && <Note><p>{words(f.note)}</p></Note>}
    </>
  );
}
