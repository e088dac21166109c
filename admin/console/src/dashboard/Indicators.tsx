// What the province wants to reach by a day, how far it is, and setting that.
import { Button, Field, IconButton, Sheet, State, type Tone, toast } from "@banso/kit/pieces";
import { count, day, monthShort, when } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import { useTrouble } from "../month/trouble";
import { Loaded } from "../ui/loaded";
import type { Board, Indicator } from "./data";
import { saveCSV } from "./save";
import { t } from "./text";
import { measured } from "./Tiles";

const plain = ["approved", "met", "teams", "teams_led", "teams_reached", "teams_speaking"] as const;
type Plain = (typeof plain)[number];

/** share is how much of the time has passed, 0 to 1. */
function passed(i: Indicator, today: string): number {
  const from = Date.parse(i.from + "-01"), until = Date.parse(i.until);
  return until <= from ? 1 : Math.min(1, Math.max(0, (Date.parse(today) - from) / (until - from)));
}

type Standing = "reached" | "late" | "behind" | "on_way";

/** standing compares what is there with what would be there if it grew evenly;
 * teams don't grow evenly, so for them only the day counts. */
export function standing(i: Indicator, today: string): Standing {
  if (i.have >= i.target) return "reached";
  if (today > i.until) return "late";
  return !i.figure.startsWith("teams") && i.have < i.target * passed(i, today) ? "behind" : "on_way";
}

const tones: Record<Standing, Tone> = { reached: "good", late: "bad", behind: "wait", on_way: "" };

/** counted says in words what an indicator counts. */
function counted(i: Indicator): string {
  return i.figure === "measure" ? t("goal.of_measure", { measure: measured(i.measure ?? ""), kind: i.category ?? "" }) : t(`goal.figure.${i.figure as Plain}`);
}

export function Indicators({ board, admin, again }: { board: Board; admin: boolean; again: () => void }) {
  const [editing, setEditing] = useState<Indicator | "new">();
  const [asked, setAsked] = useState<Indicator>();
  const list = board.indicators;
  if (list.length === 0 && !admin) return null;
  const save = (): void => saveCSV([["indicator", "figure", "have", "target", "from", "until"], ...list.map((i) => [i.name, counted(i), i.have, i.target, i.from, i.until])], "banso-indicators");
  return (
    <section class="card figure wide" data-figure="goals" aria-labelledby="goals-h">
      <header>
        <div class="grow"><h2 id="goals-h">{t("goal.title")}</h2><p class="small">{t("goal.sub")}</p></div>
        <div class="tools">
          {list.length > 0 && <button type="button" class="button plain" onClick={save}>{t("figure.csv")}</button>}
          {admin && <button type="button" class="button plain" onClick={() => setEditing("new")}>{t("goal.add")}</button>}
        </div>
      </header>
      {list.length === 0 ? <p class="small">{t("goal.none")}</p> : (
        <ul class="goals">
          {list.map((i) => <One key={i.id} it={i} today={board.today} onEdit={admin ? () => setEditing(i) : undefined} onAsk={() => setAsked(i)} />)}
        </ul>
      )}
      {editing && <Edit board={board} was={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} onDone={again} />}
      {asked && <History of={asked} onClose={() => setAsked(undefined)} />}
    </section>
  );
}

function One({ it, today, onEdit, onAsk }: { it: Indicator; today: string; onEdit?: (() => void) | undefined; onAsk: () => void }) {
  const s = standing(it, today), percent = Math.floor((it.have / it.target) * 100);
  return (
    <li data-goal={it.name}>
      <div class="row">
        <span class="grow"><strong>{it.name}</strong><br /><span class="small">{counted(it)}</span></span>
        <State tone={tones[s]}>{t(`goal.is.${s}`)}</State>
        <IconButton icon="paper" label={t("goal.history", { name: it.name })} onTap={onAsk} />
        {onEdit && <IconButton icon="edit" label={t("goal.edit", { name: it.name })} onTap={onEdit} />}
      </div>
      <meter min={0} max={it.target} value={Math.min(it.have, it.target)} aria-label={it.name} />
      <p class="row small"><span class="grow">{t("goal.have", { have: it.have, need: it.target })} ({percent}%)</span><span>{t("goal.until", { from: monthShort(it.from), day: day(it.until) })}</span></p>
    </li>
  );
}

interface Setting { target: number; until: string; ended?: boolean; at_ms: number }

function History({ of: i, onClose }: { of: Indicator; onClose: () => void }) {
  const load = useLoad(() => get<{ changes: Setting[] }>(`/v1/stats/indicators/${i.id}`), [i.id, i.at_ms]);
  return (
    <Sheet title={i.name} onClose={onClose}>
      <Loaded of={load}>
        {(v) => <ul class="list">{v.changes.map((c) => <li key={c.at_ms} class="row"><span class="grow">{t("goal.set", { need: c.target, day: day(c.until) })}{c.ended && ` · ${t("goal.ended")}`}</span><span class="small">{when(c.at_ms, 0)}</span></li>)}</ul>}
      </Loaded>
    </Sheet>
  );
}

/** choices are what can be counted: plain figures, and measures that were given. */
function choices(b: Board): { value: string; text: string }[] {
  const out: { value: string; text: string }[] = plain.map((f) => ({ value: f, text: t(`goal.figure.${f}`) }));
  for (const c of b.total.categories) for (const m of c.measures) out.push({ value: `measure/${c.category}/${m.measure}`, text: t("goal.of_measure", { measure: measured(m.measure), kind: c.category }) });
  return out;
}

function Edit({ board, was, onClose, onDone }: { board: Board; was?: Indicator | undefined; onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState(was?.name ?? "");
  const [what, setWhat] = useState(!was ? "approved" : was.figure === "measure" ? `measure/${was.category}/${was.measure}` : was.figure);
  const [target, setTarget] = useState(was ? String(was.target) : "");
  const [from, setFrom] = useState(was?.from ?? board.today.slice(0, 4) + "-01");
  const [until, setUntil] = useState(was?.until ?? board.today.slice(0, 4) + "-12-31");
  const [trouble, guard] = useTrouble();
  const list = choices(board);
  if (!list.some((o) => o.value === what) && was) list.push({ value: what, text: counted(was) });
  const set = async (ended: boolean): Promise<void> => {
    const [figure, category, measure] = what.split("/");
    await send("POST", "/v1/stats/indicators", { name: name.normalize("NFC").trim(), figure, target: Number(target.replace(/\D/g, "")), from, until,
      ...(category ? { category, measure } : was?.category && figure === was.figure ? { category: was.category } : {}), ...(board.unit ? { unit: board.unit } : {}), ...(ended ? { ended } : {}) });
    toast(t(ended ? "goal.ended" : "goal.done"));
    onClose();
    onDone();
  };
  return (
    <Sheet title={was ? t("goal.edit", { name: was.name }) : t("goal.add")} onClose={onClose}>
      {was ? <p><strong>{was.name}</strong></p> : <Field label={t("goal.name")} value={name} onInput={setName} max={120} focus />}
      <label class="field"><span>{t("goal.what")}</span><select class="pick" value={what} onChange={(e) => setWhat(e.currentTarget.value)}>{list.map((o) => <option key={o.value} value={o.value}>{o.text}</option>)}</select></label>
      <Field label={t("goal.need")} value={target} onInput={setTarget} mode="numeric" hint={Number(target) > 0 ? count(Number(target)) : ""} />
      {!what.startsWith("teams") && <Field label={t("goal.from")} type="month" value={from} onInput={setFrom} />}
      <Field label={t("goal.by")} type="date" value={until} onInput={setUntil} />
      {trouble}
      <Button look="main" wide onTap={guard(() => set(false))}>{t("goal.save")}</Button>
      {was && <Button wide onTap={guard(() => set(true))}>{t("goal.end")}</Button>}
    </Sheet>
  );
}
