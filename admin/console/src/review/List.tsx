// A list of any length: only the lines in sight are drawn.
import { State } from "@banso/kit/pieces";
import { useEffect, useRef, useState } from "preact/hooks";
import { day } from "../core/text";
import type { Desk } from "./desk";
import { type Names, figures, titleOf } from "./item";
import type { Row } from "./rows";
import { t } from "./text";

const height = 62; // px of a line; style.css knows it too
const spare = 6;

interface Props {
  rows: Row[];
  at: number;
  onGo: (row: number) => void;
  names: Names;
  desk: Desk;
}

export function List({ rows, at, onGo, names, desk }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [tall, setTall] = useState(600);
  useEffect(() => {
    const el = box.current!;
    const size = new ResizeObserver(() => setTall(el.clientHeight));
    size.observe(el);
    return () => size.disconnect();
  }, []);
  useEffect(() => {
    const el = box.current!;
    const y = at * height;
    if (y < el.scrollTop + height) el.scrollTop = Math.max(0, y - height);
    else if (y + height > el.scrollTop + el.clientHeight) el.scrollTop = y + 2 * height - el.clientHeight;
  }, [at, rows.length]);
  const from = Math.max(0, Math.floor(top / height) - spare);
  const to = Math.min(rows.length, Math.ceil((top + tall) / height) + spare);
  return (
    <div
      ref={box} class="queue" role="listbox" tabIndex={0} aria-label={t(desk.state === "pending_review" ? "list" : `list.${desk.state}`)} aria-activedescendant={rows[at] ? "row-" + rows[at].id : undefined}
      onScroll={(e) => setTop(e.currentTarget.scrollTop)}
    >
      <div role="presentation" style={{ height: `${rows.length * height}px` }}>
        {rows.slice(from, to).map((r, i) => (
          <Line key={r.id} row={r} here={from + i === at} y={(from + i) * height} nth={from + i + 1} of={rows.length} onGo={() => onGo(from + i)} names={names} desk={desk} />
        ))}
      </div>
    </div>
  );
}

function Line({ row, here, y, nth, of, onGo, names, desk }: { row: Row; here: boolean; y: number; nth: number; of: number; onGo: () => void; names: Names; desk: Desk }) {
  return (
    <div
      id={"row-" + row.id} role="option" aria-selected={here} aria-posinset={nth} aria-setsize={of} data-row={row.kind}
      class={`line-${row.kind}`} style={{ transform: `translateY(${y}px)` }} onClick={onGo}
    >
      {row.kind === "head" && <b>{t(`part.${row.title}`, { n: row.n })}</b>}
      {row.kind === "group" && <><b>{row.open ? "▾" : "▸"} {row.title}</b><span class="small">{t("group.n", { n: row.items.length })}</span></>}
      {row.kind === "item" && (
        <>
          <span class="first"><b>{titleOf(row.item)}</b><span class="small">{row.item.doc.done_on ? day(row.item.doc.done_on).slice(0, 5) : ""}</span></span>
          <span class="second small">{[names.person(row.item.doc.author), names.team(row.item.doc.team), figures(row.item)].filter(Boolean).join(" · ")}</span>
          {(row.item.risks.length > 0 || row.item.changed || row.sample || row.item.comments) && (
            <span class="marks">
              {row.item.comments && <State tone="info">{t("comments.n", { n: row.item.comments })}</State>}
              {row.sample && <State tone="info">{t("sample")}</State>}
              {row.item.changed && <State tone="wait">{t("changed")}</State>}
              {row.item.risks[0] && <State tone="bad">{desk.risk(row.item.risks[0])}{row.item.risks.length > 1 ? ` +${row.item.risks.length - 1}` : ""}</State>}
            </span>
          )}
        </>
      )}
    </div>
  );
}
