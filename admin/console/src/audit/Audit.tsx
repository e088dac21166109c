// Who saw and changed what: found by name, matter and day, kept as a table.
import { sentence } from "@banso/kit/api";
import { Button, Card, Field, Form, Note, State } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get, save } from "../core/server";
import { when } from "../core/text";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { known, t } from "./text";

interface Line {
  id: string;
  at_ms: number;
  name: string;
  kind: string;
  read: boolean;
  place: string;
  about: string;
  month: string;
}

interface Page {
  lines: Line[];
  next?: string;
}

const matters = [
  "review", "activities", "cases", "disputes", "communes", "teams", "people", "imports", "lists", "fundings", "proposals", "extensions", "months", "policies", "support",
  "spendings", "settlement", "delegations", "codes", "devices", "person-requests", "second-factors", "tokens", "announcements", "deliveries", "backups", "audit",
] as const;

/** matterOf names what a route is about, by its first part. */
function matterOf(kind: string): string {
  const key = `m.${kind.split("/")[2] ?? ""}`;
  return known(key) ? t(key as "m.review") : kind;
}

export default function Audit({ me }: ScreenProps) {
  const [form, setForm] = useState({ q: "", what: "", kind: "", from: me.today.slice(0, 8) + "01", to: me.today });
  const [asked, setAsked] = useState(form);
  const query = new URLSearchParams(Object.entries({ ...asked, q: asked.q.normalize("NFC"), kind: asked.kind && `/v1/${asked.kind}` }).filter(([, v]) => v)).toString();
  const load = useLoad(() => get<Page>(`/v1/audit?${query}`), [query]);
  const [more, setMore] = useState<{ of: string; lines: Line[]; next: string | undefined }>({ of: "", lines: [], next: undefined });
  const [error, setError] = useState("");
  const attempt = (fn: () => Promise<unknown>) => async (): Promise<void> => {
    setError("");
    await fn().catch((e) => setError(sentence(e)));
  };
  const set = (v: Partial<typeof form>): void => setForm({ ...form, ...v });
  return (
    <>
      <h1>{t("title")}</h1>
      <p>{t("why")}</p>
      <Card title={t("find")}>
        <Form onSubmit={() => setAsked({ ...form })}>
          <Field label={t("person")} value={form.q} onInput={(q) => set({ q })} />
          <div class="days">
            <label class="field">{t("what")}<select value={form.what} onChange={(e) => set({ what: e.currentTarget.value })}>{(["", "read", "change"] as const).map((w) => <option key={w} value={w}>{t(w ? `what.${w}` : "what.all")}</option>)}</select></label>
            <label class="field">{t("matter")}<select value={form.kind} onChange={(e) => set({ kind: e.currentTarget.value })}><option value="">{t("matter.all")}</option>{matters.map((m) => <option key={m} value={m}>{t(`m.${m}`)}</option>)}</select></label>
            <Field label={t("from")} type="date" value={form.from} onInput={(from) => set({ from })} />
            <Field label={t("to")} type="date" value={form.to} onInput={(to) => set({ to })} />
          </div>
          <div class="row">
            <Button look="main" icon="search" submits>{t("find")}</Button>
            <Button icon="paper" onTap={attempt(() => save(`/v1/audit?${query}&format=csv`, `nhat-ky-${asked.from}-${asked.to}.csv`))}>{t("csv")}</Button>
          </div>
        </Form>
      </Card>
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <Loaded of={load} empty={{ when: (v) => v.lines.length === 0, text: t("none") }}>
        {(page) => {
          const rest = more.of === query ? more : { lines: [], next: page.next };
          const next = rest.next;
          const add = attempt(async () => {
            const p = await get<Page>(`/v1/audit?${query}&cursor=${encodeURIComponent(next ?? "")}`);
            setMore({ of: query, lines: [...rest.lines, ...p.lines], next: p.next });
          });
          return (
            <>
              <div class="table" role="region" aria-label={t("table")} tabIndex={0}>
                <table>
                  <thead><tr><th>{t("col.when")}</th><th>{t("col.who")}</th><th>{t("what")}</th><th>{t("col.did")}</th><th>{t("col.place")}</th><th>{t("col.about")}</th></tr></thead>
                  <tbody>
                    {[...page.lines, ...rest.lines].map((l) => (
                      <tr key={l.id}>
                        <td>{when(l.at_ms, me.now_ms)}</td><td>{l.name}</td><td><State tone={l.read ? "info" : "wait"}>{t(l.read ? "what.read" : "what.change")}</State></td>
                        <td title={l.kind}>{matterOf(l.kind)}</td><td>{l.place}</td><td>{[l.about, l.month].filter(Boolean).join(", ")}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              {next && <div><Button onTap={add}>{t("more")}</Button></div>}
            </>
          );
        }}
      </Loaded>
    </>
  );
}
