// One team's month: every rule with what it has and needs and where it comes
// from, its papers, and the chair's way to accept what only assumed rules refuse.
import { Icon } from "@banso/kit/icons";
import { Button, Reason, toast } from "@banso/kit/pieces";
import { both, money } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { get, send } from "../core/server";
import { type TeamMonth, acceptable, newId } from "./data";
import { Paper } from "./paper";
import { t } from "./text";
import { useTrouble } from "./trouble";
import { Village } from "./Village";

export function Details({ of, today, decides, village, again }: { of: TeamMonth; today: string; decides: boolean; village: boolean; again: () => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false), [reopening, setReopening] = useState(false);
  const p = of.progress, papers = `/v1/teams/${of.team}/months/${of.month}/paper`;
  const [trouble, guard] = useTrouble();
  const accept = async (reason: string): Promise<void> => {
    await send("POST", `/v1/teams/${of.team}/months/${of.month}/close`, { accept: true, reason }, { "If-Match": `"${of.csum}"` });
    toast(t("closed", { n: 1 }));
    await again();
  };
  const reopen = async (reason: string): Promise<void> => {
    const { closes } = await get<{ closes: { n: number }[] }>(`/v1/teams/${of.team}/months/${of.month}/explain`);
    await send("POST", "/v1/proposals", { key: newId(), kind: "reopen", team: of.team, month: of.month, close: closes[0]?.n ?? 0, reason });
    toast(t("reopen.done"));
  };
  return (
    <details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{t("details")}<span class="hidden"> {of.name}</span></summary>
      {open && (
        <>
          <p>{both(p.reason_vi, p.reason_en)}</p>
          <ul class="rules">
            {p.rules.map((r) => (
              <li key={r.rule}>
                <span class={"rule " + (r.pass ? "good" : r.advisory || r.funding ? "" : "bad")}><Icon name={r.pass ? "check" : r.advisory || r.funding ? "info" : "alert"} /><span>{both(r.vi, r.en)}<span class="hidden"> {t(r.pass ? "met" : "not_met")}</span></span></span>
                <span class="small">{r.rule} · {t("have", { have: both(r.have, r.have_en), need: both(r.need, r.need_en) })} {r.origin === "A" && <span class="badge" title={t("assumed")}>A</span>}</span>
              </li>
            ))}
          </ul>
          {(p.others ?? []).map((o) => <p key={o.policy} class="small">{o.policy}: {both(o.reason_vi, o.reason_en)} {money(o.amount)}</p>)}
          <Paper path={papers + "?kind=report"} name={`bao-cao-${of.month}`} title={t("paper.report")} />
          <Paper path={papers + "?kind=explanation"} name={`giai-thich-${of.month}`} title={t("paper.explanation")} />
          {trouble}
          <div class="row">
            {decides && acceptable(of, today) && <Button icon="check" onTap={() => setAsking(true)}>{t("accept")}</Button>}
            {village && <Village team={of.team} name={of.name} today={today} writes={decides} changed={again} />}
            {decides && of.closed && <Button icon="edit" onTap={() => setReopening(true)}>{t("reopen.go")}</Button>}
          </div>
        </>
      )}
      {asking && <Reason title={t("accept.title", { team: of.name })} hint={t("accept.hint")} action={t("accept")} look="main" onDone={(reason) => guard(() => accept(reason))()} onClose={() => setAsking(false)} />}
      {reopening && <Reason title={t("reopen.title", { team: of.name })} hint={t("reopen.hint")} action={t("reopen.go")} look="main" onDone={(reason) => guard(() => reopen(reason))()} onClose={() => setReopening(false)} />}
    </details>
  );
}
