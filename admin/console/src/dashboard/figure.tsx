// Figure is one chart in its frame: the picture, the same as a table, and both to
// take along.
import { Chips } from "@banso/kit/pieces";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { saveCSV, savePNG } from "./save";
import { t } from "./text";

export interface Table {
  head: string[];
  rows: (string | number)[][];
  /** Columns of figures, from the left. */
  texts?: number;
}

interface Props {
  id: string;
  title: string;
  sub?: string;
  table: Table;
  shown: (n: string | number, column: number) => string;
  children: ComponentChildren;
  wide?: boolean;
  /** Nothing to draw: only the table's frame with a sentence. */
  none?: string;
}

export function Figure({ id, title, sub, table, shown, children, wide, none }: Props) {
  const [look, setLook] = useState<"chart" | "table">("chart");
  const box = useRef<HTMLDivElement>(null);
  const png = (): void => {
    const svg = box.current?.querySelector("svg[data-chart]");
    if (svg instanceof SVGSVGElement) void savePNG(svg, sub ? `${title} – ${sub}` : title, "banso-" + id);
  };
  return (
    <section class={`card figure ${wide ? "wide" : ""}`} data-figure={id} aria-labelledby={id + "-h"}>
      <header>
        <div class="grow">
          <h2 id={id + "-h"}>{title}</h2>
          {sub && <p class="small">{sub}</p>}
        </div>
        <div class="tools">
          <Chips label={t("figure.look")} options={[{ value: "chart", text: t("figure.chart") }, { value: "table", text: t("figure.table") }]} chosen={[look]} onChoose={setLook} />
          <button type="button" class="button plain" onClick={() => saveCSV([table.head, ...table.rows], "banso-" + id)}>{t("figure.csv")}</button>
          {look === "chart" && !none && <button type="button" class="button plain" onClick={png}>{t("figure.png")}</button>}
        </div>
      </header>
      {none ? <p class="small">{none}</p> : look === "chart" ? <div ref={box}>{children}</div> : <Rows table={table} shown={shown} title={title} />}
    </section>
  );
}

export function Rows({ table, shown, title }: { table: Table; shown: (n: string | number, column: number) => string; title: string }) {
  const texts = table.texts ?? 1;
  return (
    <div class="table" tabIndex={0} role="region" aria-label={`${t("figure.table")}: ${title}`}>
      <table>
        <thead><tr>{table.head.map((h, i) => <th key={h} scope="col" class={i < texts ? "" : "n"}>{h}</th>)}</tr></thead>
        <tbody>{table.rows.map((r, i) => <tr key={i}>{r.map((c, j) => <td key={j} class={j < texts ? "" : "n"}>{shown(c, j)}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}
