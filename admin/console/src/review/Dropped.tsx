// Decisions that were not taken, because what was looked at isn't what stands
// there now: what it was, what it is, and the way to decide on what it is. Those
// of one stroke that met the same are told of together.
import { Button, Note } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { day } from "../core/text";
import type { Desk, Dropped as Case } from "./desk";
import { Versions } from "./Detail";
import { type Item, type Names, titleOf } from "./item";
import { known, t } from "./text";

export function AllDropped({ desk, names }: { desk: Desk; names: Names }) {
  const alike = new Map<string, Case[]>();
  for (const d of desk.dropped) alike.set(d.choice + d.code, [...(alike.get(d.choice + d.code) ?? []), d]);
  return <>{[...alike].map(([key, list]) => <Dropped key={key} list={list} desk={desk} names={names} />)}</>;
}

function Dropped({ list, desk, names }: { list: Case[]; desk: Desk; names: Names }) {
  const { item, choice, code } = list[0]!;
  const one = list.length === 1;
  return (
    <Note tone="bad">
      <p><b>{one ? t("dropped", { what: titleOf(item), who: names.person(item.doc.author), choice: t(choice) }) : t("dropped.n", { n: list.length, choice: t(choice) })}</b></p>
      <p>{known(`dropped.${code}`) ? t(`dropped.${code}` as "dropped.stale_review") : t("dropped.other", { code })}</p>
      {one ? <Compared item={item} /> : <div class="dropped">{list.map((d) => <Closed key={d.item.id + d.item.c} item={d.item} names={names} />)}</div>}
      <div class="row"><Button look="main" onTap={() => desk.settle(list)}>{t("dropped.look")}</Button></div>
    </Note>
  );
}

/** Closed is one of many: its versions are read when it is opened. */
function Closed({ item, names }: { item: Item; names: Names }) {
  const [open, setOpen] = useState(false);
  return (
    <details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{[titleOf(item), day(item.doc.done_on ?? ""), names.person(item.doc.author), names.team(item.doc.team)].filter(Boolean).join(" · ")}</summary>
      {open && <Compared item={item} />}
    </details>
  );
}

const Compared = ({ item }: { item: Item }) => (item.type === "activity" ? <Versions id={item.id} /> : null);
