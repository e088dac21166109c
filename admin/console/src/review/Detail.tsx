// What is decided on: everything about one submission, or about a group.
import { Button, Fact, Note, Sheet, State } from "@banso/kit/pieces";
import { kindName } from "@banso/kit/kinds";
import { useEffect, useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { file, get } from "../core/server";
import { day, weekday, when } from "../core/text";
import { Loaded } from "../ui/loaded";
import type { Desk } from "./desk";
import { type Item, type Names, measureText, own, titleOf } from "./item";
import { Comments } from "./Comments";
import { known, t } from "./text";

export interface Acts {
  approve: () => void;
  back: () => void;
  reject: () => void;
  waive: () => void;
  revoke: () => void;
}

export function Detail({ item, names, desk, acts }: { item: Item; names: Names; desk: Desk; acts: Acts }) {
  const d = item.doc;
  const [versions, setVersions] = useState(false);
  const photos = (d.evidence ?? []).filter((e) => e.startsWith("photo:")).map((e) => e.slice(6));
  const papers = (d.evidence ?? []).filter((e) => e.startsWith("paper:")).map((e) => e.slice(6));
  const texts = (["summary", "difficulties", "proposals"] as const).filter((f) => d[f]);
  return (
    <article class="card detail" aria-label={titleOf(item)}>
      <h2>{titleOf(item)}</h2>
      {item.risks.map((r) => <p key={r}><State tone="bad">{desk.risk(r)}</State></p>)}
      {item.changed && <Note tone="wait"><p>{t("changed.text")}</p></Note>}
      <dl>
        <Fact name={t("team")} value={names.team(d.team)} />
        <Fact name={t("author")} value={names.person(d.author)} />
        {d.done_on && <Fact name={t("day")} value={`${weekday(d.done_on)} ${day(d.done_on)}`} />}
        {d.place && <Fact name={t("place")} value={d.place} />}
        {Object.entries(d.measures ?? {}).map(([k, n]) => <Fact key={k} name={measureText(k)} value={String(n)} />)}
        {item.type === "activity" && <Fact name={t("papers")} value={papers.join("; ") || (photos.length > 0 ? t("photos.n", { n: photos.length }) : t("no_evidence"))} />}
      </dl>
      {d.note && <blockquote>{d.note}</blockquote>}
      {texts.map((f) => <section key={f}><h3>{t(`field.${f}`)}</h3>{d[f]!.split("\n").map((x, i) => <p key={i}>{x}</p>)}</section>)}
      <Photos key={item.id} shas={photos} held={new Set(d.held ?? [])} />
      {item.type === "activity" && <button type="button" class="link" aria-expanded={versions} onClick={() => setVersions(!versions)}>{t("versions")}</button>}
      {versions && <Versions key={item.id + item.c} id={item.id} />}
      {item.type === "activity" && <Comments key={item.id} id={item.id} n={item.comments ?? 0} />}
      {desk.state !== "pending_review" ? (
        <>
          {d.reason && <blockquote>{t("field.reason")}: {d.reason}</blockquote>}
          {desk.state === "approved" && !own(item) && <div class="acts"><Button look="danger" onTap={acts.revoke}>{t("revoke")} <kbd>b</kbd></Button></div>}
        </>
      ) : own(item) ? <Note tone="info"><p>{t("own")}</p></Note> : (
        <div class="acts">
          <Button look="main" onTap={acts.approve}>{t("approve")} <kbd>a</kbd></Button>
          <Button onTap={acts.back}>{t("return")} <kbd>r</kbd></Button>
          <Button look="danger" onTap={acts.reject}>{t("reject")} <kbd>x</kbd></Button>
          {item.risks.includes("risk_no_evidence") && <Button onTap={acts.waive}>{t("waive")} <kbd>w</kbd></Button>}
        </div>
      )}
    </article>
  );
}

/** Group sums up what one stroke would approve. */
export function Group({ title, items, onApprove, onOpen }: { title: string; items: Item[]; onApprove: () => void; onOpen: () => void }) {
  const kinds = new Map<string, number>();
  for (const i of items) kinds.set(i.doc.category ?? "", (kinds.get(i.doc.category ?? "") ?? 0) + 1);
  return (
    <article class="card detail" aria-label={title}>
      <h2>{title}</h2>
      <p>{t("group.why", { n: items.length })}</p>
      <dl>{[...kinds].sort((a, b) => b[1] - a[1]).map(([k, n]) => <Fact key={k} name={kindName(k)} value={String(n)} />)}</dl>
      <div class="acts">
        <Button look="main" onTap={onApprove}>{t("group.approve", { n: items.length })} <kbd>a</kbd></Button>
        <Button onTap={onOpen}>{t("group.open")} <kbd>o</kbd></Button>
      </div>
    </article>
  );
}

function Photos({ shas, held }: { shas: string[]; held: Set<string> }) {
  const [big, setBig] = useState("");
  if (shas.length === 0) return null;
  return (
    <div class="shots">
      {shas.map((sha, i) => (
        <button type="button" key={sha} aria-label={t("photo.open", { n: i + 1 })} onClick={() => setBig(sha)}>
          {held.size > 0 && !held.has("photo:" + sha) && !held.has(sha) ? <span class="small">{t("photo.missing")}</span> : <Picture path={`/v1/blobs/${sha}/thumb`} alt={t("photo", { n: i + 1 })} />}
        </button>
      ))}
      {big && <Sheet title={t("photo", { n: shas.indexOf(big) + 1 })} onClose={() => setBig("")}><Picture path={`/v1/blobs/${big}`} alt={t("photo", { n: shas.indexOf(big) + 1 })} /></Sheet>}
    </div>
  );
}

function Picture({ path, alt }: { path: string; alt: string }) {
  const shot = useLoad(() => file(path), [path]);
  const [url, setUrl] = useState("");
  useEffect(() => {
    if (!shot.value) return;
    const made = URL.createObjectURL(shot.value);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [shot.value]);
  if (shot.error) return <span class="small">{t("photo.missing")}</span>;
  return url ? <img src={url} alt={alt} /> : null;
}

interface History {
  names: Record<string, string>;
  doc?: Record<string, unknown>;
  history: { rev: number; at_ms: number; by?: string; op: string; before?: Record<string, unknown>; added?: string[] }[];
}

const hidden = new Set(["c", "rev", "received", "submitted", "reviewed_c", "reviewer", "unit", "month", "held", "flags", "alias_of"]);

/** Versions puts each change's before and after side by side, the newest first. */
export function Versions({ id }: { id: string }) {
  const load = useLoad(() => get<History>(`/v1/activities/${id}`), [id]);
  return (
    <Loaded of={load}>
      {({ doc = {}, history, names }) => {
        let now: Record<string, unknown> = { ...doc };
        return (
          <div class="table">
            <table>
              <thead><tr><th>{t("versions.what")}</th><th>{t("versions.before")}</th><th>{t("versions.after")}</th></tr></thead>
              {history.map((h) => {
                const after = now;
                const before: Record<string, unknown> = { ...now, ...h.before };
                for (const a of h.added ?? []) delete before[a];
                now = before;
                const fields = [...new Set([...Object.keys(h.before ?? {}), ...(h.added ?? [])])].filter((f) => !hidden.has(f));
                return (
                  <tbody key={h.rev}>
                    <tr><th colSpan={3} scope="rowgroup">{known(`op.${h.op}`) ? t(`op.${h.op}` as "op.edit") : h.op} · {names[h.by ?? ""] ?? ""} · {when(h.at_ms, 0)}</th></tr>
                    {h.op !== "create" && fields.map((f) => <tr key={f}><td>{known(`field.${f}`) ? t(`field.${f}` as "field.note") : f}</td><td>{show(before[f])}</td><td>{show(after[f])}</td></tr>)}
                  </tbody>
                );
              })}
            </table>
          </div>
        );
      }}
    </Loaded>
  );
}

function show(v: unknown): string {
  if (v === undefined || v === null) return "–";
  if (typeof v === "string") return known(`state.${v}`) ? t(`state.${v}` as "state.approved") : v;
  if (Array.isArray(v)) return v.map(show).join(", ");
  if (typeof v === "object") return Object.entries(v).map(([k, n]) => `${measureText(k)}: ${String(n)}`).join("; ");
  return String(v);
}
