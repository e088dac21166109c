// The team's book: each entry with where it stands, photos included.
import { useState } from "preact/hooks";
import { useCell } from "@banso/kit/cell";
import { useLive } from "../core/live";
import { contentOf, lostCreations } from "../core/cases";
import { activities } from "../core/logging";
import { readKinds } from "../core/catalogue";
import { type Kind, kindName } from "@banso/kit/kinds";
import { type Me, useMe } from "../core/me";
import { type Activity, tones } from "../core/model";
import { addMonths, day, monthShort, t } from "../core/text";
import { Button, Chips, Note, State } from "../ui/kit";
import { Picture } from "../ui/pictures";
import { PhotoWord } from "../ui/photos";
import { go, href, route } from "@banso/kit/router";
import { Screen } from "../ui/shell";

const filters = ["all", "received", "waiting", "lost"] as const;
type Filter = (typeof filters)[number];

const passes: Record<Filter, (a: Activity) => boolean> = {
  all: () => true,
  received: (a) => a.shown.rev > 0 && a.standing !== "withdrawn",
  waiting: (a) => a.shown.pending > 0,
  lost: (a) => ["returned", "rejected", "aside"].includes(a.standing),
};

/** How many are drawn at a time: a cheap phone is slow to draw a season. */
const page = 40;

export function Entries() {
  const me = useMe();
  const q = useCell(route).query;
  const kinds = useLive(readKinds);
  if (!me || !kinds) return <Screen title={t("entries.title")} home><p class="soft">{t("reading")}</p></Screen>;
  const team = q.get("team") ?? me.teams[0]?.id ?? "";
  return <List me={me} kinds={kinds} team={team} month={q.get("month") ?? me.month} only={(q.get("only") as Filter) ?? "all"} by={q.get("by") ?? ""} />;
}

function List({ me, kinds, team, month, only, by }: { me: Me; kinds: Kind[]; team: string; month: string; only: Filter; by: string }) {
  const list = useLive((p) => activities(p, team, month), [team, month]);
  const apart = useLive((p) => lostCreations(p, team, month), [team, month]) ?? [];
  const which = [team, month, only, by].join();
  const [drawn, setDrawn] = useState({ of: which, n: page });
  const most = drawn.of === which ? drawn.n : page;
  const showApart = (only === "all" || only === "lost") && (!by || by === me.person);
  const open = (m: string, f: Filter): void => go(`${href("entries")}?team=${team}&month=${m}&only=${f}${by && `&by=${by}`}`, true);
  const shown = (list ?? []).filter(passes[only] ?? passes.all).filter((a) => !by || authorOf(a, me) === by);
  return (
    <Screen title={t("entries.title")} home={!by}>
      <Chips even label={t("home.months")} options={[0, -1, -2].map((n) => ({ value: addMonths(me.month, n), text: monthShort(addMonths(me.month, n)) }))} chosen={[month]} onChoose={(m) => open(m, only)} />
      <Chips label={t("entries.filter")} options={filters.map((f) => ({ value: f, text: t(`filter.${f}`) }))} chosen={[only]} onChoose={(f) => open(month, f)} />
      {list && shown.length === 0 && !(showApart && apart.length) && <Note><p>{t(only === "all" ? "entries.none" : "entries.none_so")}</p></Note>}
      <ul class="list">
        {showApart && apart.map((c) => (
          <li key={c.id}>
            <a class="item" href={href("case", c.id)}>
              <Picture kind={contentOf(c)?.category ?? "KHAC"} />
              <span class="text">
                <span>{kindName(contentOf(c)?.category ?? "KHAC")}</span>
                <span class="small">{day(contentOf(c)?.doneOn ?? "")}</span>
                <span class="row"><State tone="bad">{t("standing.aside")}</State></span>
              </span>
            </a>
          </li>
        ))}
        {shown.slice(0, most).map((a) => (
          <li key={a.id}>
            <EntryLine a={a} kinds={kinds} me={me} team={team} />
          </li>
        ))}
      </ul>
      {shown.length > most && <Button onTap={() => setDrawn({ of: which, n: most + page })}>{t("entries.more", { n: shown.length - most })}</Button>}
    </Screen>
  );
}

/** authorOf: what is only here was written by whoever holds the phone. */
export const authorOf = (a: Activity, me: Me): string => a.author || me.person;

export function nameOf(person: string, me: Me): string {
  if (person === me.person) return t("me");
  for (const team of me.teams) for (const m of team.members) if (m.person === person) return m.name;
  return t("somebody");
}

/** EntryLine is one entry in a list. */
export function EntryLine({ a, kinds, me, team }: { a: Activity; kinds: Kind[]; me: Me; team: string }) {
  const kind = kinds.find((k) => k.code === a.category);
  return (
    <a class="item" href={`${href("entry", a.id)}?team=${team}`} data-entry={a.id} data-standing={a.standing}>
      <Picture kind={a.category} />
      <span class="text">
        <span>{kindName(a.category, kind)}</span>
        <span class="small">{day(a.doneOn)} · {nameOf(authorOf(a, me), me)}</span>
        <span class="row">
          <State tone={tones[a.standing]}>{t(`standing.${a.standing}`)}</State>
          {a.shown.cases.length > 0 && a.standing !== "aside" && <State tone="wait">{t("entries.change_aside")}</State>}
          <PhotoWord evidence={a.evidence} held={a.held} />
        </span>
      </span>
    </a>
  );
}
