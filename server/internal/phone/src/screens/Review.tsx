// The chair's pocket: the commune's queue, without a network too.
import { useEffect, useState } from "preact/hooks";
import { readKinds } from "../core/catalogue";
import { kindName } from "@banso/kit/kinds";
import { type Item, decide, readDesk } from "../core/desk";
import { useLive } from "../core/live";
import { useMe } from "../core/me";
import { learnNames } from "../core/names";
import { phone } from "../core/phone";
import { day, month as monthName, t } from "../core/text";
import { Button, Note, State, toast } from "../ui/kit";
import { Picture } from "../ui/pictures";
import { href } from "@banso/kit/router";
import { Screen } from "../ui/shell";

export function Review() {
  const me = useMe();
  const kinds = useLive(readKinds);
  const desk = useLive(async (p) => (me ? readDesk(p, me) : undefined), [me]);
  const lost = useLive(async (p) => {
    const st = await p.engine.status();
    return st.newNotices > 0 ? (await p.engine.notices()).filter((n) => n.op === "review" && n.verdict.code === "stale_review") : [];
  });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const nameless = [...new Set((desk?.waiting ?? []).filter((i) => !desk!.people.has(i.author)).map((i) => i.team))];
  useEffect(() => void (nameless.length > 0 && learnNames(phone.get()!, nameless)), [nameless.join()]);
  if (!me || !desk || !kinds) return <Screen title={t("review.title")} home><p class="soft">{t("reading")}</p></Screen>;
  const turn = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const plain = desk.waiting.filter((i) => i.risks.length === 0 && !i.changed);
  const picked = desk.waiting.filter((i) => chosen.has(i.id) && !i.risks.includes("risk_own"));
  const approve = async (): Promise<void> => {
    for (const i of picked) await decide(phone.get()!, i, "approve");
    setChosen(new Set());
    toast(t("review.done", { n: picked.length }));
  };
  const seen = async (): Promise<void> => phone.get()!.engine.noticesSeen(lost![0]!.seq);
  return (
    <Screen title={t("review.title")} home>
      {lost && lost.length > 0 && <Note tone="bad"><p>{t("review.stale", { n: lost.length })}</p><Button onTap={seen}>{t("review.stale_seen")}</Button></Note>}
      <p>{t("review.waiting", { n: desk.waiting.length })}{desk.decided > 0 && ` · ${t("review.decided", { n: desk.decided })}`}</p>
      {plain.length > 1 && <Button onTap={() => setChosen(new Set(plain.map((i) => i.id)))}>{t("review.pick_plain", { n: plain.length })}</Button>}
      {desk.waiting.length === 0 && <Note tone="good"><p>{t("review.none")}</p></Note>}
      <ul class="list">
        {desk.waiting.map((i) => (
          <li key={i.id} class="row">
            <label class="pick"><input type="checkbox" checked={chosen.has(i.id)} disabled={i.risks.includes("risk_own")} aria-label={t("review.pick", { what: titleOf(i, desk.people) })} onChange={() => turn(i.id)} /></label>
            <a class="item grow" href={href("decide", i.type, i.id)} data-item={i.id}>
              {i.activity ? <Picture kind={i.activity.category} /> : <Picture kind="DVC_NOP_HO_SO" />}
              <span class="text">
                <span>{i.activity ? kindName(i.activity.category, kinds.find((k) => k.code === i.activity!.category)) : t("report.of", { month: monthName(i.month) })}</span>
                <span class="small">{desk.teams.get(i.team) ?? t("somebody")}{i.activity && ` · ${day(i.activity.doneOn)}`}</span>
                {desk.people.has(i.author) && <span class="small">{desk.people.get(i.author)}</span>}
                {i.changed && <State tone="info">{t("review.changed")}</State>}
                {i.risks.map((r) => <State key={r} tone="wait">{desk.risks.get(r) ?? r} <span class="badge" title={t("origin.A")}>A</span></State>)}
              </span>
            </a>
          </li>
        ))}
      </ul>
      {picked.length > 0 && <div class="foot above"><Button look="main" wide icon="check" onTap={approve}>{t("review.approve_n", { n: picked.length })}</Button></div>}
    </Screen>
  );
}

const titleOf = (i: Item, people: Map<string, string>): string => `${i.activity ? kindName(i.activity.category) : t("report.title")} ${people.get(i.author) ?? ""}`;
