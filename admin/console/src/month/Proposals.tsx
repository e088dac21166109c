// Corrections of closed months that wait for a second person: back payments,
// recoveries, withholdings and reopenings.
import { Button, Card, Reason, Sheet, State, toast } from "@banso/kit/pieces";
import { day, dayOf, money, month as monthName } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import type { Me } from "../core/me";
import { get, send } from "../core/server";
import { Loaded } from "../ui/loaded";
import type { TeamMonth } from "./data";
import { t } from "./text";
import { useTrouble } from "./trouble";

interface Proposal {
  id: string;
  kind: "back_payment" | "recovery" | "withhold" | "release" | "reopen";
  team: string;
  month: string;
  amount?: number;
  pay_in?: string;
  reason: string;
  by: string;
  at_ms: number;
}

export function Proposals({ me, admin, changed }: { me: Me; admin: boolean; changed: () => Promise<void> }) {
  const list = useLoad(() => get<{ proposals: Proposal[] }>("/v1/proposals?state=proposed"), []);
  const again = async (): Promise<void> => {
    await Promise.all([list.again(), changed()]);
  };
  return (
    <Card title={t("proposals")}>
      <Loaded of={list} empty={{ when: (v) => v.proposals.length === 0, text: t("proposals.none") }}>
        {({ proposals }) => <ul class="list">{proposals.map((p) => <One key={p.id} of={p} me={me} admin={admin} again={again} />)}</ul>}
      </Loaded>
    </Card>
  );
}

function One({ of: p, me, admin, again }: { of: Proposal; me: Me; admin: boolean; again: () => Promise<void> }) {
  const team = useLoad(() => get<TeamMonth>(`/v1/teams/${p.team}/months/${p.month}`), [p.team, p.month]);
  const [looking, setLooking] = useState(false), [refusing, setRefusing] = useState(false);
  const [trouble, guard] = useTrouble();
  const mine = p.by === me.person, what = `${t(`proposal.${p.kind}`)}${p.amount ? ` ${money(p.amount)}` : ""}`;
  const decide = (decision: string, note = "") => guard(async () => {
    await send("POST", `/v1/proposals/${p.id}/decision`, { decision, ...(note && { note }) });
    toast(t("proposal.decided"));
    setLooking(false);
    await again();
  });
  return (
    <li>
      <div class="row">
        <span class="grow">{what}<br /><span class="small">{team.value?.name ?? "…"}, {monthName(p.month)} · {day(dayOf(p.at_ms))}</span></span>
        <State tone="wait">{t(mine ? "proposal.other" : "proposal.you")}</State>
        <Button onTap={() => setLooking(true)}>{t("proposal.look")}</Button>
      </div>
      {looking && (
        <Sheet title={what} onClose={() => setLooking(false)}>
          <div class="month">
            <p>{team.value?.name}, {monthName(p.month)}{p.pay_in && `, ${t("proposal.pay_in", { month: monthName(p.pay_in) })}`}</p>
            <blockquote>{p.reason}</blockquote>
            {team.value && <p>{t("proposal.now", { vnd: money(team.value.progress.due_vnd ?? 0) })}</p>}
            <p class="small">{t("proposal.two")}</p>
            {trouble}
            {admin && (mine
              ? <Button look="danger" wide onTap={decide("withdraw")}>{t("proposal.withdraw")}</Button>
              : <>
                  <Button look="main" icon="check" wide onTap={decide("approve")}>{t("proposal.approve")}</Button>
                  <Button look="danger" wide onTap={() => setRefusing(true)}>{t("proposal.refuse")}</Button>
                </>)}
          </div>
        </Sheet>
      )}
      {refusing && <Reason title={t("proposal.refuse")} hint={t("proposal.refuse_hint")} action={t("proposal.refuse")} onDone={(text) => decide("refuse", text)()} onClose={() => setRefusing(false)} />}
    </li>
  );
}
