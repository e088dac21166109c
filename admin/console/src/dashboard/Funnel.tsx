// From logged to paid: how much of the work arrives, and where it waits.
import { count } from "@banso/kit/words";
import { type Board, type Step, wayOfMonths, work } from "./data";
import { Figure } from "./figure";
import { short } from "./Trend";
import { t } from "./text";
import { useWidth } from "./width";

const high = 30;

export function Funnel({ board }: { board: Board }) {
  const [box, width] = useWidth<HTMLDivElement>(420);
  const ways: [string, Step[]][] = [["work", work(board.total)], ["months", wayOfMonths(board.total)]];
  const table = { head: [t("funnel.step"), t("funnel.n"), t("funnel.share")], rows: ways.flatMap(([w, steps]) => steps.map((s) => [t(`funnel.${w as "work"}.${s.key as "logged"}`), s.n, Math.round(s.share * 100)])) };
  let top = 0;
  const label = Math.min(190, width * 0.45);
  const size = ways.reduce((n, [, s]) => n + s.length * high + 30, 0);
  return (
    <Figure id="funnel" title={t("funnel.title")} table={table} shown={(c, j) => (j === 0 ? String(c) : j === 2 ? `${c} %` : count(Number(c)))}>
      <div ref={box}>
        <svg data-chart class="chart" width={width} height={size} viewBox={`0 0 ${width} ${size}`} role="img" aria-label={t("funnel.title")}>
          {ways.map(([w, steps]) => {
            const from = top;
            top += steps.length * high + 30;
            return (
              <g key={w} transform={`translate(0 ${from})`}>
                <text class="head" x={0} y={16}>{t(`funnel.${w as "work"}`)}</text>
                {steps.map((s, i) => {
                  const room = width - label - 100, wide = Math.max(s.n > 0 ? 2 : 0, room * s.share), y = 26 + i * high;
                  return (
                    <g key={s.key}>
                      <text class="name" x={0} y={y + 14}>{t(`funnel.${w as "work"}.${s.key as "logged"}`)}</text>
                      <rect class={`bar g${5 - Math.min(i, 3)}`} x={label} y={y} width={wide} height={20} rx={2} />
                      <text class="value" x={label + wide + 6} y={y + 14}>{`${short(s.n)}${i > 0 ? ` · ${Math.round(s.share * 100)} %` : ""}`}</text>
                    </g>
                  );
                })}
              </g>
            );
          })}
        </svg>
      </div>
    </Figure>
  );
}
