// The team: who did how much this month, whose phone has been silent, codes for
// members, the monthly report.
import { derivedID } from "@banso/sync";
import { useEffect, useState } from "preact/hooks";
import { useCell } from "@banso/kit/cell";
import { readSetting, writeSetting } from "../core/drafts";
import { useLive } from "../core/live";
import { activities } from "../core/logging";
import { type Me, type Member, type Team as TeamOf, leads, useMe } from "../core/me";
import { standingOf, tones } from "../core/model";
import { type Phone, phone } from "../core/phone";
import { authorized } from "../core/session";
import { addMonths, monthShort, month as monthName, t, when } from "../core/text";
import { Button, Card, Chips, Note, State } from "../ui/kit";
import { go, href, route } from "@banso/kit/router";
import { Screen } from "../ui/shell";
import { Notices } from "./Notices";
import { authorOf } from "./Entries";

/** Silent for longer than this: the leader may want to call. */
const silentMs = 3 * 86_400_000;
/** What was asked longer ago is asked again. */
const hour = 3_600_000;

interface Seen {
  at: number;
  last: Record<string, number>;
}

async function read(p: Phone, me: Me, team: TeamOf, month: string) {
  const list = await activities(p, team.id, month);
  const count = new Map<string, number>();
  for (const a of list) count.set(authorOf(a, me), (count.get(authorOf(a, me)) ?? 0) + 1);
  const report = await p.engine.get({ type: "report", id: derivedID("report", team.id, month) });
  const seen = JSON.parse((await readSetting(p, "seen/" + team.id)) || "null") as Seen | null;
  return { count, report, seen, now: (await p.ref.status()).serverNow };
}

export function Team() {
  const me = useMe();
  const q = useCell(route).query;
  if (!me) return <Screen title={t("team.title")} home><p class="soft">{t("reading")}</p></Screen>;
  const team = me.teams.find((x) => x.id === q.get("team")) ?? me.teams[0];
  if (!team) return <Screen title={t("team.title")} home><Note><p>{t("home.no_team")}</p></Note></Screen>;
  return <Of me={me} team={team} month={q.get("month") ?? me.month} />;
}

function Of({ me, team, month }: { me: Me; team: TeamOf; month: string }) {
  const v = useLive((p) => read(p, me, team, month), [team.id, month, me.today]);
  const open = (m: string, id = team.id): void => go(`${href("team")}?team=${id}&month=${m}`, true);
  return (
    <Screen title={team.name} home>
      {me.teams.length > 1 && <Chips label={t("team")} options={me.teams.map((x) => ({ value: x.id, text: x.name }))} chosen={[team.id]} onChoose={(id) => open(month, id)} />}
      <Chips even label={t("home.months")} options={[0, -1, -2].map((n) => ({ value: addMonths(me.month, n), text: monthShort(addMonths(me.month, n)) }))} chosen={[month]} onChoose={(m) => open(m)} />
      <Card title={t("report.of", { month: monthName(month) })}>
        {v?.report ? <State tone={tones[standingOf(v.report)]}>{t(`standing.${standingOf(v.report)}`)}</State> : <p class="soft">{t("report.none")}</p>}
        <Button icon="paper" look={leads(team) && !v?.report ? "main" : ""} onTap={() => go(href("report", team.id, month))}>{t(leads(team) ? (v?.report ? "report.open" : "report.write") : "report.read")}</Button>
      </Card>
      <Notices team={team.id} />
      <Card title={t("team.members")}>
        {v && leads(team) && <Silence me={me} team={team} at={v.seen?.at ?? 0} now={v.now} />}
        <ul class="list">
          {team.members.map((m) => <MemberLine key={m.person} m={m} me={me} team={team} month={month} n={v?.count.get(m.person) ?? 0} last={v?.seen?.last[m.person]} now={v?.now ?? 0} />)}
        </ul>
      </Card>
    </Screen>
  );
}

function MemberLine({ m, me, team, month, n, last, now }: { m: Member; me: Me; team: TeamOf; month: string; n: number; last: number | undefined; now: number }) {
  const silent = last !== undefined && now - last > silentMs;
  return (
    <li>
      <a class="item" href={leads(team) && m.person !== me.person ? `${href("member", team.id, m.person)}` : `${href("entries")}?team=${team.id}&month=${month}&by=${m.person}`}>
        <span class="text">
          <span>{m.person === me.person ? t("me_named", { name: m.name }) : m.name}</span>
          <span class="small">{t(`role.${m.role as "member"}`)} · {t("team.logged", { n })}</span>
          {silent && <State tone="wait">{last === 0 ? t("team.never_seen") : t("team.silent", { time: when(last, now) })}</State>}
        </span>
      </a>
    </li>
  );
}

interface Devices {
  devices: { last_seen_ms: number; revoked_ms?: number }[];
}

/** Silence asks the server when each member's phone was last heard; the answer is kept for offline. */
function Silence({ me, team, at, now }: { me: Me; team: TeamOf; at: number; now: number }) {
  const [error, setError] = useState("");
  const ask = async (quiet = false): Promise<void> => {
    const p = phone.get()!;
    const last: Record<string, number> = {};
    try {
      for (const m of team.members) {
        if (m.person === me.person) continue;
        const d = await authorized<Devices>(p.who.id, "GET", `/v1/devices?person=${m.person}`);
        last[m.person] = Math.max(0, ...d.devices.filter((x) => !x.revoked_ms).map((x) => x.last_seen_ms));
      }
      const seen: Seen = { at: (await p.ref.status()).serverNow, last };
      await writeSetting(p, "seen/" + team.id, JSON.stringify(seen));
      setError("");
    } catch {
      if (!quiet) setError(t("error.offline"));
    }
  };
  useEffect(() => void (now - at > hour && ask(true)), [team.id]);
  return (
    <div>
      <Button icon="clock" onTap={() => ask()}>{t("team.ask_silent")}</Button>
      {at > 0 && <p class="small">{t("home.as_of", { time: when(at, now) })}</p>}
      {error && <p class="error">{error}</p>}
    </div>
  );
}
