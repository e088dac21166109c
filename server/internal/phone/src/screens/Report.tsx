// The month's report: drafted from the team's entries, completed by the leader,
// handed in offline too.
import { type Fields, type Shown, derivedID } from "@banso/sync";
import { useEffect, useState } from "preact/hooks";
import { readKinds } from "../core/catalogue";
import { type Kind, kindName, measureName, unitName } from "@banso/kit/kinds";
import { useCell } from "@banso/kit/cell";
import { dropDraft, readDraft, writeDraft } from "../core/drafts";
import { useLive } from "../core/live";
import { activities } from "../core/logging";
import { type Team, leads, progressKey, useMe } from "../core/me";
import { type Activity, editable, standingOf, text, tones } from "../core/model";
import { phone } from "../core/phone";
import { count, day, month as monthName, t } from "../core/text";
import { Button, Card, Field, Note, State, toast } from "../ui/kit";
import { back, route } from "@banso/kit/router";
import { Screen } from "../ui/shell";

const fields = ["summary", "difficulties", "proposals"] as const;
type Texts = Record<(typeof fields)[number], string>;

export function Report() {
  const [, teamID = "", month = ""] = useCell(route).path;
  const me = useMe();
  const v = useLive(async (p) => {
    const rec = await p.engine.get({ type: "report", id: derivedID("report", teamID, month) });
    const prog = await p.ref.get(progressKey(teamID, month));
    return { rec, list: await activities(p, teamID, month), kinds: await readKinds(p), by: text(prog?.doc ?? {}, "submit_by"), draft: (await readDraft<Texts>(p, `report/${teamID}/${month}`)) ?? null };
  }, [teamID, month]);
  const team = me?.teams.find((x) => x.id === teamID);
  if (!me || !v) return <Screen title={t("report.title")} doors={false}><p class="soft">{t("reading")}</p></Screen>;
  const mayWrite = leads(team) && (!v.rec || editable({ shown: v.rec }));
  return (
    <Screen title={t("report.of", { month: monthName(month) })} doors={false}>
      {v.rec && <Standing rec={v.rec} />}
      {v.by && <p class="small">{t("report.by", { day: day(v.by) })}</p>}
      {mayWrite ? <Form team={team!} month={month} rec={v.rec} start={v.draft ?? textsOf(v.rec) ?? { summary: drafted(v.list, v.kinds, month), difficulties: "", proposals: "" }} fresh={() => drafted(v.list, v.kinds, month)} /> : <Reading rec={v.rec} />}
    </Screen>
  );
}

function Standing({ rec }: { rec: Shown }) {
  const s = standingOf(rec);
  return (
    <>
      <State tone={tones[s]}>{t(`standing.${s}`)}</State>
      {text(rec.doc, "reason") && s === "returned" && <Note tone="bad"><p>{t("entry.reason", { reason: text(rec.doc, "reason") })}</p></Note>}
    </>
  );
}

const textsOf = (rec: Shown | null): Texts | null =>
  rec && { summary: text(rec.doc, "summary"), difficulties: text(rec.doc, "difficulties"), proposals: text(rec.doc, "proposals") };

function Reading({ rec }: { rec: Shown | null }) {
  const have = textsOf(rec);
  if (!have) return <Note><p>{t("report.none")}</p></Note>;
  return <>{fields.filter((f) => have[f]).map((f) => <Card key={f} title={t(`report.${f}`)}>{have[f].split("\n").map((line) => <p>{line}</p>)}</Card>)}</>;
}

function Form({ team, month, rec, start, fresh }: { team: Team; month: string; rec: Shown | null; start: Texts; fresh: () => string }) {
  const [texts, setTexts] = useState(start);
  const [error, setError] = useState("");
  const name = `report/${team.id}/${month}`;
  useEffect(() => setTexts(start), [team.id, month]);
  const set = (f: keyof Texts, value: string): void => {
    const next = { ...texts, [f]: value };
    setTexts(next);
    void writeDraft<Texts>(phone.get()!, name, next);
  };
  const send = async (): Promise<void> => {
    if (texts.summary.trim() === "") return setError(t("report.needed"));
    const p = phone.get()!;
    const key = { type: "report", id: derivedID("report", team.id, month) };
    const set: Fields = {};
    const old = textsOf(rec) ?? { summary: "", difficulties: "", proposals: "" };
    for (const f of fields) if (texts[f].trim() !== old[f]) set[f] = texts[f].trim() || null;
    try {
      if (!rec) await p.engine.create("report", { team: team.id, month, ...Object.fromEntries(Object.entries(set).filter(([, x]) => x !== null)) }, { id: key.id });
      else if (Object.keys(set).length > 0) await p.engine.edit(key, { set });
      if (!rec || text(rec.doc, "state") !== "pending_review") await p.engine.submit(key);
    } catch {
      return setError(t("log.too_large"));
    }
    await dropDraft(p, name);
    toast(t("report.sent"));
    back();
  };
  return (
    <>
      <Note><p>{t("report.drafted")}</p><Button onTap={() => set("summary", fresh())}>{t("report.again")}</Button></Note>
      {fields.map((f) => <Field key={f} label={t(`report.${f}`)} hint={f === "summary" ? t("log.note_hint") : ""} value={texts[f]} onInput={(x) => set(f, x)} lines max={3800} error={f === "summary" ? error : ""} />)}
      <div class="foot">
        <Button look="main" wide icon="send" onTap={send}>{t(rec ? "report.send_again" : "report.send")}</Button>
      </div>
    </>
  );
}

/** drafted counts what the team logged, kind by kind; people, visits, households and files are never added up. */
function drafted(list: Activity[], kinds: Kind[], month: string): string {
  const counted = list.filter((a) => !["withdrawn", "rejected", "aside"].includes(a.standing));
  const lines = [t("report.line_all", { month: monthName(month), n: counted.length })];
  for (const code of [...new Set(counted.map((a) => a.category))]) {
    const of = counted.filter((a) => a.category === code);
    const kind = kinds.find((k) => k.code === code);
    const sums = (kind?.measures ?? []).flatMap((m) => {
      const values = of.map((a) => a.measures[m.key]).filter((x): x is number => x !== undefined);
      return values.length ? [`${measureName(m).toLowerCase()}: ${count(values.reduce((a, b) => a + b, 0))} ${unitName(m.unit)}`] : [];
    });
    lines.push(`- ${kindName(code, kind)}: ${t("report.times", { n: of.length })}${sums.length ? "; " + sums.join("; ") : ""}.`);
  }
  return lines.join("\n");
}
