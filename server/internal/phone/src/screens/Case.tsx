// One thing that was set aside: what happened, what was written, and the next
// step as a button.
import type { OwnCase } from "@banso/sync";
import { useState } from "preact/hooks";
import { type CodeText, type TeamCase, codeText, contentOf, mayAdopt, mend, teamCases } from "../core/cases";
import { readKinds } from "../core/catalogue";
import { type Kind, kindName, measureName, unitName } from "@banso/kit/kinds";
import { useCell } from "@banso/kit/cell";
import { useLive } from "../core/live";
import { type Me, useMe } from "../core/me";
import { type Content, activityOf, text } from "../core/model";
import { knownNames } from "../core/names";
import { type Phone, phone } from "../core/phone";
import { day, t, when } from "../core/text";
import { Button, Card, Fact, Note, Reason, toast } from "../ui/kit";
import { back, go, href, route } from "@banso/kit/router";
import { Screen } from "../ui/shell";
import { nameOf } from "./Entries";

export function Case() {
  const id = useCell(route).path[1] ?? "";
  const me = useMe();
  const v = useLive(async (p) => {
    if (!me) return undefined;
    const own = (await p.engine.cases(true)).find((c) => c.id === id);
    const other = own ? undefined : (await teamCases(p, me)).find((c) => c.id === id);
    const code = own?.code ?? other?.code;
    const rec = own || other ? await p.ref.get({ type: own ? "own_case" : "case", id }) : null;
    return {
      own, other, name: (await knownNames(p)).get(other?.by ?? ""), words: code ? await codeText(p, code) : undefined, now: (await p.ref.status()).serverNow,
      proposed: text(rec?.doc ?? {}, "proposal") !== "", failed: other ? await failedAdoption(p, id) : "", stands: await standing(p, own?.record ?? other?.record),
    };
  }, [id, me]);
  if (!me || !v) return <Screen title={t("case.title")} doors={false}><p class="soft">{t("reading")}</p></Screen>;
  return (
    <Screen title={t("case.title")} doors={false}>
      {!v.words && <Note tone="good"><p>{t("case.settled")}</p></Note>}
      {v.words && <Note tone="bad"><h2>{v.words.title}</h2><p>{v.words.next}</p></Note>}
      {v.proposed && <Note tone="wait"><p>{t("case.proposed")}</p></Note>}
      {v.failed && !v.proposed && <Note tone="bad"><p>{v.failed}</p></Note>}
      {v.own && v.words && <Own c={v.own} words={v.words} me={me} now={v.now} />}
      {v.other && v.words && <Other c={v.other} name={v.name} words={v.words} me={me} now={v.now} proposed={v.proposed} />}
      {v.words && v.stands && <Card title={t("case.stands")}><Written c={v.stands} /></Card>}
    </Screen>
  );
}

/** failedAdoption says why the last attempt of this person to bring a case back changed nothing. */
async function failedAdoption(p: Phone, id: string): Promise<string> {
  const last = (await p.engine.notices()).find((n) => n.op === "adopt" && n.verdict.case === id);
  if (last?.verdict.v !== "aside") return "";
  return last.verdict.code === "month_closed" ? t("case.adopt_late_no") : t("case.adopt_no", { why: (await codeText(p, last.verdict.code ?? "")).title });
}

/** standing is the record as the server holds it, so that both versions can be compared. */
async function standing(p: Phone, record: { type: string; id: string } | undefined): Promise<Partial<Content> | null> {
  if (record?.type !== "activity") return null;
  const s = await p.ref.get(record);
  return s && s.rev > 0 ? activityOf(s) : null;
}

function Own({ c, words, me, now }: { c: OwnCase; words: CodeText; me: Me; now: number }) {
  const [dropping, setDropping] = useState(false);
  const content = contentOf(c);
  const fix = async (): Promise<void> => {
    const name = await mend(phone.get()!, me, c);
    if (name) go(`${href("log", "form")}?draft=${name}`);
  };
  const drop = async (reason: string): Promise<void> => {
    await phone.get()!.engine.dismiss(c.id, reason);
    toast(t("case.dropped"));
    back();
  };
  return (
    <>
      <Card title={t("case.what")}>
        <dl>
          <Fact name={t("case.op")} value={t(`op.${c.op || "none"}`)} />
          <Fact name={t("case.when")} value={when(c.openedMs, now)} />
        </dl>
        {content && <Written c={content} />}
      </Card>
      {c.v === "waiting" && <Note tone="wait"><p>{t("case.waits")}</p></Note>}
      {c.v === "aside" && (
        <>
          {(words.adopt === "leader" || words.adopt === "chair") && <Note><p>{t(words.adopt === "chair" ? "case.ask_chair" : "case.ask_leader")}</p></Note>}
          {content && words.adopt !== "" && words.adopt !== "chair" && <Button look="main" wide icon="edit" onTap={fix}>{t("case.fix")}</Button>}
          <Button look="danger" wide icon="trash" onTap={() => setDropping(true)}>{t("case.drop")}</Button>
        </>
      )}
      {dropping && <Reason title={t("case.drop_title")} hint={t("case.drop_hint")} action={t("case.drop")} ready={[t("case.drop_twice"), t("case.drop_old")]} onDone={drop} onClose={() => setDropping(false)} />}
    </>
  );
}

function Written({ c }: { c: Partial<Content> }) {
  const kinds = useLive(readKinds) ?? [];
  const measures = kinds.flatMap((k: Kind) => k.measures).filter((m, i, all) => all.findIndex((x) => x.key === m.key) === i);
  return (
    <dl>
      {c.category && <Fact name={t("case.kind")} value={kindName(c.category)} />}
      {c.doneOn && <Fact name={t("log.day")} value={day(c.doneOn)} />}
      {measures.filter((m) => c.measures?.[m.key] !== undefined).map((m) => <Fact key={m.key} name={measureName(m)} value={`${c.measures![m.key]} ${unitName(m.unit)}`} />)}
      {c.place && <Fact name={t("log.place")} value={c.place} />}
      {c.note && <Fact name={t("log.note")} value={c.note} />}
    </dl>
  );
}

function Other({ c, name, words, me, now, proposed }: { c: TeamCase; name: string | undefined; words: CodeText; me: Me; now: number; proposed: boolean }) {
  const [dropping, setDropping] = useState(false);
  const may = mayAdopt(words.adopt, c, me);
  const written = writtenIn(text(c.shown.doc, "mutation"));
  const adopt = async (): Promise<void> => {
    await phone.get()!.engine.adopt(c.id, c.record);
    toast(t("case.adopted"));
    back();
  };
  const drop = async (reason: string): Promise<void> => {
    await phone.get()!.engine.dismiss(c.id, reason);
    toast(t("case.dropped"));
    back();
  };
  return (
    <>
      <Card title={t("case.what")}>
        <dl>
          <Fact name={t("entry.author")} value={name ?? nameOf(c.by, me)} />
          <Fact name={t("case.when")} value={when(c.openedMs, now)} />
        </dl>
        {written && <Written c={written} />}
      </Card>
      {may && !proposed && <Button look="main" wide icon="check" onTap={adopt}>{t("case.adopt")}</Button>}
      {!may && <Note><p>{t(words.adopt === "chair" ? "case.ask_chair" : "case.nobody")}</p></Note>}
      <Button look="danger" wide icon="trash" onTap={() => setDropping(true)}>{t("case.refuse")}</Button>
      {dropping && <Reason title={t("case.drop_title")} hint={t("case.refuse_hint")} action={t("case.refuse")} onDone={drop} onClose={() => setDropping(false)} />}
    </>
  );
}

/** writtenIn reads the fields of somebody's mutation to show them; null if it cannot be read. */
function writtenIn(raw: string): Partial<Content> | null {
  try {
    const m = JSON.parse(raw) as { set?: Record<string, unknown> };
    const s = m.set ?? {};
    const str = (f: string): string => (typeof s[f] === "string" ? (s[f] as string) : "");
    return {
      category: str("category"), doneOn: str("done_on"), place: str("place"), note: str("note") || str("summary"),
      ...(typeof s["measures"] === "object" && s["measures"] && { measures: s["measures"] as Record<string, number> }),
    };
  } catch {
    return null;
  }
}
