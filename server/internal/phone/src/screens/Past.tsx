// What a person did in teams they have left, as the server last told.
import { useEffect } from "preact/hooks";
import { readKinds } from "../core/catalogue";
import { kindName, measureName, unitName } from "@banso/kit/kinds";
import { useLive } from "../core/live";
import { useMe } from "../core/me";
import { tones } from "../core/model";
import { type Past as Month, askPast, pastTeams } from "../core/past";
import { phone } from "../core/phone";
import { both, day, known, money, month as monthName, t, when } from "../core/text";
import { Card, Fact, Note, State } from "../ui/kit";
import { Picture } from "../ui/pictures";
import { Screen } from "../ui/shell";

export function Past() {
  const me = useMe();
  useEffect(() => void askPast(phone.get()!).catch(() => undefined), []); // without a network: as it was last seen
  const v = useLive(async (p) => (me ? { list: await pastTeams(p, me.teams.map((x) => x.id)), now: (await p.ref.status()).serverNow } : undefined), [me]);
  if (!v) return <Screen title={t("past.title")} doors={false}><p class="soft">{t("reading")}</p></Screen>;
  return (
    <Screen title={t("past.title")} doors={false}>
      <p class="soft">{t("past.text")}</p>
      {v.list.length === 0 && <Note><p>{t("entries.none_so")}</p></Note>}
      {v.list.map((m) => <OneMonth key={m.team + m.month} m={m} now={v.now} />)}
    </Screen>
  );
}

function OneMonth({ m, now }: { m: Month; now: number }) {
  const kinds = useLive(readKinds) ?? [];
  return (
    <Card title={`${m.name}, ${monthName(m.month)}`}>
      <p>{both(m.reason.vi, m.reason.en)}</p>
      <dl>
        {m.due > 0 && <Fact name={t("money.decided_amount")} value={money(m.due)} />}
        {m.paid > 0 && <Fact name={t("money.paid_amount")} value={money(m.paid)} />}
      </dl>
      <ul class="list">
        {m.list.map((a) => (
          <li key={a.id} class="item" data-past={a.standing}>
            <Picture kind={a.category} />
            <span class="text">
              <span>{kindName(a.category, kinds.find((k) => k.code === a.category))}</span>
              <span class="small">{[day(a.doneOn), ...counts(a.measures, kinds), a.place, a.note].filter(Boolean).join(" · ")}</span>
              <State tone={tones[a.standing]}>{t(`standing.${a.standing}`)}</State>
              {a.reason && ["returned", "rejected"].includes(a.standing) && <span class="small">{t("entry.reason", { reason: a.reason })}</span>}
            </span>
          </li>
        ))}
      </ul>
      <p class="small">{t("home.as_of", { time: when(m.at, now) })}</p>
    </Card>
  );
}

function counts(measures: Record<string, number>, kinds: Awaited<ReturnType<typeof readKinds>>): string[] {
  const all = kinds.flatMap((k) => k.measures);
  return Object.entries(measures).map(([key, n]) => {
    const m = all.find((x) => x.key === key);
    if (m) return `${measureName(m)}: ${n} ${unitName(m.unit)}`;
    const name = "measure." + key; // who is in no team any more has no catalogue
    return known(name) ? `${t(name)}: ${n}` : String(n);
  });
}
