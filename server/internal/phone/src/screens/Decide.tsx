// One submission before the chair: everything that is known of it, and the
// decision. What is decided is what stands on this screen.
import { useState } from "preact/hooks";
import { readKinds } from "../core/catalogue";
import { kindName, measureName, unitName } from "@banso/kit/kinds";
import { useCell } from "@banso/kit/cell";
import { type Desk, type Item, decide, readDesk } from "../core/desk";
import { useLive } from "../core/live";
import { useMe } from "../core/me";
import { text } from "../core/model";
import { phone } from "../core/phone";
import { day, month as monthName, t, weekday } from "../core/text";
import { Button, Card, Fact, Note, Reason, State, toast } from "../ui/kit";
import { PhotoGrid } from "../ui/photos";
import { Picture } from "../ui/pictures";
import { back, route } from "@banso/kit/router";
import { Screen } from "../ui/shell";

export function Decide() {
  const [, , id = ""] = useCell(route).path;
  const me = useMe();
  const desk = useLive(async (p) => (me ? readDesk(p, me) : undefined), [me]);
  // What the chair reads stays as it is while he reads; a newer version is said.
  const [held, setHeld] = useState<Item | null>(null);
  const now = desk?.waiting.find((i) => i.id === id);
  if (!held && now) setHeld(now);
  if (!desk) return <Screen title={t("review.title")} doors={false}><p class="soft">{t("reading")}</p></Screen>;
  if (!held) return <Screen title={t("review.title")} doors={false}><Note><p>{t("review.gone")}</p></Note></Screen>;
  const newer = now && now.shown.c !== held.shown.c;
  return (
    <Screen title={t("review.one")} doors={false}>
      {!now && <Note tone="bad"><p>{t("review.first")}</p></Note>}
      {newer && <Note tone="wait"><p>{t("review.newer")}</p><Button onTap={() => setHeld(now)}>{t("review.show_newer")}</Button></Note>}
      {held.changed && <Note tone="info"><p>{t("review.changed")}</p></Note>}
      {held.risks.map((r) => <Note key={r} tone="wait"><p>{desk.risks.get(r) ?? r} <span class="badge" title={t("origin.A")}>A</span></p></Note>)}
      <Content i={held} desk={desk} />
      {now && !held.risks.includes("risk_own") && <Choices i={held} desk={desk} />}
    </Screen>
  );
}

function Content({ i, desk }: { i: Item; desk: Desk }) {
  const kinds = useLive(readKinds) ?? [];
  const a = i.activity;
  const kind = kinds.find((k) => k.code === a?.category);
  const who = desk.people.get(i.author) ?? t("review.member");
  if (!a) {
    return (
      <>
        <h2>{t("report.of", { month: monthName(i.month) })}</h2>
        <dl><Fact name={t("team")} value={desk.teams.get(i.team) ?? "–"} /></dl>
        {(["summary", "difficulties", "proposals"] as const).filter((f) => text(i.shown.doc, f)).map((f) => <Card key={f} title={t(`report.${f}`)}>{text(i.shown.doc, f).split("\n").map((line) => <p>{line}</p>)}</Card>)}
      </>
    );
  }
  return (
    <>
      <div class="row"><Picture kind={a.category} /><h2 class="grow">{kindName(a.category, kind)}</h2></div>
      <Card>
        <dl>
          <Fact name={t("team")} value={desk.teams.get(i.team) ?? "–"} />
          <Fact name={t("entry.author")} value={who} />
          <Fact name={t("log.day")} value={`${weekday(a.doneOn)}, ${day(a.doneOn)}`} />
          {(kind?.measures ?? []).map((m) => <Fact key={m.key} name={measureName(m)} value={a.measures[m.key] === undefined ? t("entry.not_counted") : `${a.measures[m.key]} ${unitName(m.unit)}`} />)}
          <Fact name={t("log.who")} value={t("review.people", { n: a.participants.length })} />
          {a.place && <Fact name={t("log.place")} value={a.place} />}
          {a.note && <Fact name={t("log.note")} value={a.note} />}
          {a.evidence.filter((e) => e.startsWith("paper:")).map((e) => <Fact key={e} name={t("log.paper")} value={e.slice(6)} />)}
        </dl>
        <PhotoGrid evidence={a.evidence} held={a.held} />
        {a.evidence.length === 0 && <State tone="wait">{t("review.no_evidence")}</State>}
      </Card>
    </>
  );
}

function Choices({ i, desk }: { i: Item; desk: Desk }) {
  const [asking, setAsking] = useState<"" | "return" | "reject" | "waive">("");
  const done = async (decision: "approve" | "return" | "reject", reason = "", waive = false): Promise<void> => {
    await decide(phone.get()!, i, decision, reason, waive);
    toast(t(`review.said.${decision}`));
    back();
  };
  const ready = (of: string, own: string[]): string[] => (desk.reasons.get(of)?.length ? desk.reasons.get(of)! : own);
  const bare = i.activity !== null && i.activity.evidence.length === 0;
  return (
    <div class="row">
      <Button look="main" wide icon="check" onTap={() => done("approve")}>{t("review.approve")}</Button>
      {bare && <Button wide onTap={() => setAsking("waive")}>{t("review.waive")}</Button>}
      <Button wide icon="undo" onTap={() => setAsking("return")}>{t("review.return")}</Button>
      <Button look="danger" wide icon="cross" onTap={() => setAsking("reject")}>{t("review.reject")}</Button>
      {asking === "return" && <Reason look="main" title={t("review.return")} hint={t("review.return_hint")} action={t("review.return")} ready={ready("return", [t("review.r_evidence"), t("review.r_figures"), t("review.r_day")])} onDone={(r) => done("return", r)} onClose={() => setAsking("")} />}
      {asking === "reject" && <Reason title={t("review.reject")} hint={t("review.reject_hint")} action={t("review.reject")} ready={ready("reject", [t("review.r_twice"), t("review.r_not")])} onDone={(r) => done("reject", r)} onClose={() => setAsking("")} />}
      {asking === "waive" && <Reason look="main" title={t("review.waive")} hint={t("review.waive_hint")} action={t("review.approve")} onDone={(r) => done("approve", r, true)} onClose={() => setAsking("")} />}
    </div>
  );
}
