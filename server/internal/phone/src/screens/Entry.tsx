// One entry: what was written, where it stands and what can be done next.
import { useState } from "preact/hooks";
import { readKinds } from "../core/catalogue";
import { type Kind, kindName, measureName, unitName } from "@banso/kit/kinds";
import { useCell } from "@banso/kit/cell";
import { writeDraft, newDraft } from "../core/drafts";
import { useLive } from "../core/live";
import { again, changeOf, submitIfOpen } from "../core/logging";
import { type Me, progressKey, useMe } from "../core/me";
import { type Activity, activityOf, editable, tones } from "../core/model";
import { phone } from "../core/phone";
import { day, known, t, weekday } from "../core/text";
import { Button, Card, Fact, Note, Reason, State, toast } from "../ui/kit";
import { PhotoGrid } from "../ui/photos";
import { Picture } from "../ui/pictures";
import { back, go, href, route } from "@banso/kit/router";
import { Screen } from "../ui/shell";
import { authorOf, nameOf } from "./Entries";

export function Entry() {
  const id = useCell(route).path[1] ?? "";
  const me = useMe();
  const kinds = useLive(readKinds);
  const v = useLive(async (p) => {
    const s = await p.engine.get({ type: "activity", id });
    if (!s) return null;
    const a = activityOf(s);
    const prog = await p.ref.get(progressKey(a.team, a.doneOn.slice(0, 7)));
    const line = (prog?.doc["activities"] as { id: string; counts?: boolean; why?: string }[] | undefined)?.find((x) => x.id === id);
    return { a, counts: line ? (line.counts ? "yes" : (line.why ?? "")) : "" };
  }, [id]);
  if (v === null) return <Screen title={t("entry.title")} doors={false}><Note><p>{t("entry.gone")}</p></Note></Screen>;
  if (!v || !me || !kinds) return <Screen title={t("entry.title")} doors={false}><p class="soft">{t("reading")}</p></Screen>;
  return <Shown a={v.a} counts={v.counts} me={me} kind={kinds.find((k) => k.code === v.a.category)} />;
}

function Shown({ a, counts, me, kind }: { a: Activity; counts: string; me: Me; kind: Kind | undefined }) {
  const why = "why." + counts;
  return (
    <Screen title={t("entry.title")} doors={false}>
      <div class="row">
        <Picture kind={a.category} />
        <h2 class="grow">{kindName(a.category, kind)}</h2>
      </div>
      <div class="row">
        <State tone={tones[a.standing]}>{t(`standing.${a.standing}`)}</State>
        {counts === "yes" && <State tone="good">{t("why.yes")}</State>}
      </div>
      <p>{t(`standing.${a.standing}.text`)}</p>
      {a.shown.cases.length > 0 && <Note tone="bad"><p>{t("entry.aside")}</p><Button onTap={() => go(href("case", a.shown.cases[0]!.id))}>{t("entry.aside_open")}</Button></Note>}
      {a.reason && ["returned", "rejected"].includes(a.standing) && <Note tone="bad"><p>{t("entry.reason", { reason: a.reason })}</p></Note>}
      {counts !== "yes" && known(why) && a.standing === "approved" && <Note tone="wait"><p>{t(why)}</p></Note>}
      {a.flags.some((f) => f.startsWith("duplicate_of")) && <Note tone="wait"><p>{t("entry.twice")}</p></Note>}
      <Card>
        <dl>
          <Fact name={t("log.day")} value={`${weekday(a.doneOn)}, ${day(a.doneOn)}`} />
          {(kind?.measures ?? []).map((m) => <Fact key={m.key} name={measureName(m)} value={a.measures[m.key] === undefined ? t("entry.not_counted") : `${a.measures[m.key]} ${unitName(m.unit)}`} />)}
          {a.place && <Fact name={t("log.place")} value={a.place} />}
          {a.note && <Fact name={t("log.note")} value={a.note} />}
          <Fact name={t("log.who")} value={a.participants.map((x) => nameOf(x, me)).join(", ") || "–"} />
          <Fact name={t("entry.author")} value={nameOf(authorOf(a, me), me)} />
          {a.evidence.filter((e) => e.startsWith("paper:")).map((e) => <Fact key={e} name={t("log.paper")} value={e.slice(6)} />)}
        </dl>
        <PhotoGrid evidence={a.evidence} held={a.held} />
      </Card>
      <Actions a={a} me={me} />
    </Screen>
  );
}

function Actions({ a, me }: { a: Activity; me: Me }) {
  const [asking, setAsking] = useState(false);
  const mine = authorOf(a, me) === me.person;
  const team = me.teams.find((x) => x.id === a.team);
  const may = editable(a) && (mine || team?.role === "leader" || team?.role === "deputy_leader");
  const key = { type: "activity", id: a.id };
  const change = async (): Promise<void> => {
    await writeDraft(phone.get()!, a.id, changeOf(a));
    go(`${href("log", "form")}?draft=${a.id}`);
  };
  const copy = async (): Promise<void> => {
    await writeDraft(phone.get()!, newDraft, again(phone.get()!, a, me.today));
    go(href("log", "form"));
  };
  const takeBack = async (): Promise<void> => {
    await phone.get()!.engine.withdraw(key);
    toast(t("entry.withdrawn"), t("undo"), () => submitIfOpen(phone.get()!, key));
  };
  const remove = async (): Promise<void> => {
    await phone.get()!.engine.remove(key);
    toast(t("entry.removed"));
    back();
  };
  return (
    <div class="row">
      {may && <Button look={a.standing === "returned" ? "main" : ""} icon="edit" onTap={change}>{t(a.standing === "returned" ? "entry.fix" : "entry.edit")}</Button>}
      {may && (a.standing === "withdrawn" || a.standing === "received") && <Button look="main" icon="send" onTap={() => submitIfOpen(phone.get()!, key)}>{t("entry.submit")}</Button>}
      <Button icon="copy" onTap={copy}>{t("entry.copy")}</Button>
      {may && mine && ["pending_review", "changed", "waiting"].includes(a.standing) && <Button icon="undo" onTap={takeBack}>{t("entry.withdraw")}</Button>}
      {may && <Button look="danger" icon="trash" onTap={() => setAsking(true)}>{t("entry.remove")}</Button>}
      {asking && <Reason title={t("entry.remove_title")} hint={t("entry.remove_hint")} action={t("entry.remove")} ready={[t("entry.remove_twice"), t("entry.remove_wrong")]} onDone={remove} onClose={() => setAsking(false)} />}
    </div>
  );
}
