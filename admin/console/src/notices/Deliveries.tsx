// How notifications arrive: by channel and day, dead addresses, who can't be
// reached. It names communes, never people.
import { Card, Chips, Fact, Note, State } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get } from "../core/server";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { type Deliveries as Figures, communes } from "./api";
import { addDays, count, day, known, t, when } from "./text";

const spans = ["7", "30", "90"] as const;
const most = 20; // communes in the table

export default function Deliveries({ me }: ScreenProps) {
  const [back, setBack] = useState<(typeof spans)[number]>("7");
  const from = addDays(me.today, 1 - Number(back));
  const figures = useLoad(() => get<Figures>(`/v1/deliveries?from=${from}&to=${me.today}`), [from, me.today]);
  const names = useLoad(communes, []);
  const name = (id: string): string => names.value?.find((u) => u.unit === id)?.name ?? t("deliveries.unknown");
  return (
    <>
      <h1>{t("deliveries.title")}</h1>
      <p class="small">{t("deliveries.why")}</p>
      <Chips label={t("deliveries.span")} options={spans.map((s) => ({ value: s, text: t("deliveries.days", { n: Number(s) }) }))} chosen={[back]} onChoose={setBack} />
      <Loaded of={figures}>
        {(f) => (
          <>
            <Channels f={f} now={me.now_ms} />
            <Days f={f} />
            <Parked f={f} now={me.now_ms} />
            <Card title={t("unreached.title")}>
              {f.units.length === 0 ? <p>{t("unreached.none")}</p> : (
                <>
                  <p class="small">{t("unreached.why")}</p>
                  <Table head={[t("unreached.unit"), t("unreached.members"), t("unreached.without")]} rows={f.units.slice(0, most).map((u) => [name(u.unit), count(u.members), count(u.without)])} />
                  {f.units.length > most && <p class="small">{t("unreached.more", { n: f.units.length - most })}</p>}
                </>
              )}
            </Card>
          </>
        )}
      </Loaded>
    </>
  );
}

function Channels({ f, now }: { f: Figures; now: number }) {
  if (f.on.length === 0) return <Note tone="wait"><p>{t("channels.off")}</p></Note>;
  return (
    <div class="sides">
      {f.on.map((c) => {
        const down = f.paused.find((p) => p.channel === c);
        const sum = f.targets.find((s) => s.channel === c);
        return (
          <Card key={c} title={channel(c)}>
            {down ? <State tone="bad">{t(down.why === "credentials" ? "channels.credentials" : "channels.down", { time: when(down.until_ms, now) })}</State> : <State tone="good">{t("channels.up")}</State>}
            <dl>
              <Fact name={t("channels.devices")} value={count(sum?.devices ?? 0)} />
              <Fact name={t("channels.failing")} value={count(sum?.failing ?? 0)} />
              <Fact name={t("channels.silent")} value={count(sum?.silent ?? 0)} />
              <Fact name={t("channels.dead")} value={count(sumOf(f, (d) => d.channel === c && d.state === "gone"))} />
            </dl>
          </Card>
        );
      })}
      <Card title={t("channels.waiting")}>
        <dl>
          <Fact name={t("channels.now")} value={count(f.waiting)} />
          <Fact name={t("channels.parked")} value={count(f.parked.length)} />
        </dl>
      </Card>
    </div>
  );
}

const channel = (c: string): string => (known(`channel.${c}`) ? t(`channel.${c}` as "channel.fcm") : c);

const sumOf = (f: Figures, is: (d: Figures["days"][number]) => boolean): number => f.days.filter(is).reduce((n, d) => n + d.n, 0);

function Days({ f }: { f: Figures }) {
  const days = [...new Set(f.days.map((d) => d.day))].sort().reverse();
  if (days.length === 0) return <p>{t("days.none")}</p>;
  const left = f.on.length > 0 ? f.on : [...new Set(f.days.filter((d) => d.state === "sent").map((d) => d.channel))];
  const n = (on: string, ...states: string[]): string => count(sumOf(f, (d) => d.day === on && states.includes(d.state)));
  const head = [t("days.day"), t("days.queued"), ...left.map((c) => t("days.sent", { channel: channel(c) })), t("days.shown"), t("days.opened"), t("days.dropped"), t("days.failed"), t("days.unreachable")];
  const rows = days.map((on) => [day(on), n(on, "queued"), ...left.map((c) => count(sumOf(f, (d) => d.day === on && d.channel === c && d.state === "sent"))),
    n(on, "shown"), n(on, "opened"), n(on, "dropped"), n(on, "failed", "parked"), n(on, "unreachable")]);
  return <Card title={t("days.title")}><p class="small">{t("days.why")}</p><Table head={head} rows={rows} /></Card>;
}

function Parked({ f, now }: { f: Figures; now: number }) {
  if (f.parked.length === 0) return null;
  return (
    <Card title={t("parked.title")}>
      <p class="small">{t("parked.why")}</p>
      <Table head={[t("parked.at"), t("parked.kind"), t("parked.reason"), t("parked.tries")]} rows={f.parked.map((p) => [when(p.at_ms, now), p.kind, p.why ?? "", count(p.tries ?? 0)])} words={3} />
    </Card>
  );
}

/** Table has figures in all columns but the first ones. */
function Table({ head, rows, words = 1 }: { head: string[]; rows: string[][]; words?: number }) {
  const cls = (i: number): string => (i < words ? "" : "n");
  return (
    <div class="table" tabIndex={0} role="region" aria-label={head[0]}>
      <table>
        <thead><tr>{head.map((h, i) => <th key={h} class={cls(i)} scope="col">{h}</th>)}</tr></thead>
        <tbody>{rows.map((r) => <tr key={r[0]}>{r.map((c, i) => <td key={i} class={cls(i)}>{c}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}
