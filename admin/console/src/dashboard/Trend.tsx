// The months of a year as columns, the same months a year earlier as a line.
import { count, money, monthShort } from "@banso/kit/words";
import { scaleBand, scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { type Board, type Metric, isMoney, rangeName, until, value } from "./data";
import { Figure } from "./figure";
import { t } from "./text";
import { useWidth } from "./width";

const height = 260;
const pad = { left: 52, right: 8, top: 22, bottom: 28 };

/** short writes a value so that it fits above a column. */
export function short(n: number): string {
  if (n >= 1e9) return t("short.billion", { n: (n / 1e9).toFixed(1).replace(".", t("comma")) });
  if (n >= 1e6) return t("short.million", { n: Math.round(n / 1e6) });
  return count(n);
}

export function Trend({ board, metric }: { board: Board; metric: Metric }) {
  const rows = until(board.months, board.today);
  const before = board.months_before.slice(0, rows.length);
  const [box, width] = useWidth<HTMLDivElement>(640);
  const name = t(`metric.${metric}`);
  const all = [...rows, ...before].map((r) => value(r, metric));
  const x = scaleBand(rows.map((r) => r.month), [pad.left, width - pad.right]).padding(0.25);
  const y = scaleLinear([0, Math.max(1, ...all)], [height - pad.bottom, pad.top]).nice(4);
  const earlier = line<number>((_, i) => (x(rows[i]!.month) ?? 0) + x.bandwidth() / 2, (v) => y(v))(before.map((r) => value(r, metric)));
  const roomy = x.bandwidth() > 26;
  const table = { head: [t("month.head"), rangeName(board), t("before")], rows: rows.map((r, i) => [monthShort(r.month), value(r, metric), before[i] ? value(before[i]!, metric) : 0]) };
  return (
    <Figure id="trend" title={t("trend.title")} sub={name} wide table={table} shown={(c, j) => (j === 0 ? String(c) : isMoney(metric) ? money(Number(c)) : count(Number(c)))}>
      <div ref={box}>
        <svg data-chart class="chart" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("trend.label", { name, range: rangeName(board), n: rows.reduce((s, r) => s + value(r, metric), 0) })}>
          {y.ticks(4).map((v) => (
            <g key={v}>
              <line class="grid" x1={pad.left} x2={width - pad.right} y1={y(v)} y2={y(v)} />
              <text class="tick" x={pad.left - 6} y={y(v)} text-anchor="end" dominant-baseline="middle">{short(v)}</text>
            </g>
          ))}
          {rows.map((r) => {
            const v = value(r, metric), left = x(r.month) ?? 0;
            return (
              <g key={r.month}>
                <rect class="bar" x={left} width={x.bandwidth()} y={y(v)} height={y(0) - y(v)} rx={2}><title>{`${monthShort(r.month)}: ${count(v)}`}</title></rect>
                {roomy && v > 0 && <text class="value" x={left + x.bandwidth() / 2} y={y(v) - 6} text-anchor="middle">{short(v)}</text>}
                <text class="tick" x={left + x.bandwidth() / 2} y={height - 10} text-anchor="middle">{roomy ? monthShort(r.month).replace(/\/20/, "/") : Number(r.month.slice(5))}</text>
              </g>
            );
          })}
          {before.some((r) => value(r, metric) > 0) && earlier && <path class="earlier" d={earlier} />}
        </svg>
        <p class="key small"><span class="swatch bar" />{rangeName(board)}<span class="swatch earlier" />{t("before")}</p>
      </div>
    </Figure>
  );
}
