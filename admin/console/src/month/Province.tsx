// The province's money by month: what is closed, what it is worth, what is
// funded; decisions that fund it; and the end of a month.
import { Button, Card, IconButton, Sheet, State } from "@banso/kit/pieces";
import { go, href } from "@banso/kit/router";
import { addMonths, count, day, money, month as monthName, monthShort } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { hasRole } from "../core/me";
import { get, send } from "../core/server";
import { type Job, asJob } from "../jobs/api";
import { Running } from "../jobs/Running";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { checkpoint } from "./data";
import { Extensions } from "./Extensions";
import { Fund, type Funding } from "./Fund";
import { Proposals } from "./Proposals";
import { t } from "./text";
import { useTrouble } from "./trouble";

interface Row {
  month: string;
  teams: number;
  closed: number;
  eligible: number;
  amount: number;
  funded: number;
  funded_amount: number;
}

export default function Province({ me, rest }: ScreenProps) {
  const year = /^\d{4}$/.test(rest[0] ?? "") ? rest[0]! : addMonths(me.today.slice(0, 7), -1).slice(0, 4); // of the month that is being closed
  const totals = useLoad(() => get<{ months: Row[]; total_vnd: number }>(`/v1/months/totals?year=${year}`), [year]);
  const fundings = useLoad(() => get<{ fundings: Funding[] }>("/v1/fundings"), []);
  const seal = useLoad(checkpoint, []);
  const [asking, setAsking] = useState(""), [funding, setFunding] = useState(false), [job, setJob] = useState<Job | null>(null);
  const [trouble, guard] = useTrouble();
  const admin = hasRole(me, ["province_admin"]);
  const move = (n: number): void => go(href("money", String(Number(year) + n)));
  const end = async (): Promise<void> => {
    setJob(await send<Job>("POST", `/v1/months/${asking}/finalise`, undefined, asJob));
    setAsking("");
  };
  return (
    <div class="month">
      <header class="row">
        <h1 class="grow">{t("province.title", { year })}</h1>
        <IconButton icon="back" label={t("earlier_year")} onTap={() => move(-1)} />
        <IconButton icon="next" label={t("later_year")} onTap={() => move(1)} />
      </header>
      {job && <Running key={job.id} job={job} onDone={totals.again} />}
      <Loaded of={totals}>
        {(v) => (
          <>
            <div class="table" role="region" aria-label={t("province.title", { year })} tabIndex={0}>
              <table>
                <thead><tr><th>{t("col.month")}</th><th class="n">{t("sum.closed")}</th><th class="n">{t("sum.eligible")}</th><th class="n">{t("col.decided")}</th><th class="n">{t("col.funded")}</th>{admin && <th><span class="hidden">{t("end.go")}</span></th>}</tr></thead>
                <tbody>
                  {v.months.map((m) => (
                    <tr key={m.month}>
                      <td>{monthShort(m.month)}</td>
                      <td class="n">{count(m.closed)}/{count(m.teams)}</td>
                      <td class="n">{count(m.eligible)}</td>
                      <td class="n">{money(m.amount)}</td>
                      <td class="n">{money(m.funded_amount)}</td>
                      {admin && <td>{m.teams > 0 && m.closed === m.teams && <Button label={t("end.of", { month: monthName(m.month) })} onTap={() => setAsking(m.month)}>{t("end.go")}</Button>}</td>}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <p>{t("province.total", { vnd: money(v.total_vnd) })}</p>
          </>
        )}
      </Loaded>
      <Card title={t("fundings")}>
        <Loaded of={fundings} empty={{ when: (v) => v.fundings.length === 0, text: t("fundings.none"), icon: "paper" }}>
          {({ fundings: list }) => (
            <ul class="list">
              {list.map((f) => (
                <li key={f.decision} class="row">
                  <span class="grow">{t("funding", { decision: f.decision, day: day(f.on), from: monthShort(f.from), to: monthShort(f.to) })}<br /><span class="small">{t("funding.of", { policy: f.policy, n: f.teams.length })}{f.origin === "A" && <> <span class="badge" title={t("assumed")}>A</span></>}</span></span>
                  <State tone="">{money(f.total)}</State>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
        {admin && <Button icon="plus" onTap={() => setFunding(true)}>{t("fund.title")}</Button>}
      </Card>
      <Proposals me={me} admin={admin} changed={totals.again} />
      <Extensions admin={admin} today={me.today} />
      {seal.value && <p class="small">{t("seal", { n: String(seal.value.n) })} <code>{seal.value.fingerprint}</code></p>}
      {funding && <Fund today={me.today} onClose={() => setFunding(false)} done={async () => {
        await Promise.all([fundings.again(), totals.again()]);
      }} />}
      {asking && (
        <Sheet title={t("end.of", { month: monthName(asking) })} onClose={() => setAsking("")}>
          <p>{t("end.text")}</p>
          {trouble}
          <Button look="main" icon="lock" wide onTap={guard(end)}>{t("end.go")}</Button>
        </Sheet>
      )}
    </div>
  );
}
