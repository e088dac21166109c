// The communes coloured by a figure, each reachable by keyboard, with the table
// beside. A commune that the picture lacks gets a tile of its own.
import { count, money } from "@banso/kit/words";
import { geoMercator, geoPath } from "d3-geo";
import type { Feature, Geometry } from "geojson";
import { useMemo, useState } from "preact/hooks";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { useLoad } from "../core/load";
import { get } from "../core/server";
import { Loaded } from "../ui/loaded";
import { type Board, type Metric, type UnitRow, grades, isMoney, limits, ranked, value } from "./data";
import { Figure } from "./figure";
import { t } from "./text";
import { useWidth } from "./width";

interface Picture {
  kind: "tiles" | "outlines" | "none";
  credit?: string;
  tiles?: { code: string; col: number; row: number }[];
  outlines?: Topology;
}

interface Shape {
  /** None: a commune of which nothing is counted here. */
  unit?: UnitRow;
  d?: string;
  tile?: { x: number; y: number; size: number };
}

/** shapes places every unit: by its outline, its tile, or in a row below. The rest of the picture stays blank. */
function shapes(p: Picture, units: UnitRow[], width: number): { list: Shape[]; height: number } {
  const by = new Map(units.map((u) => [u.code, u]));
  const list: Shape[] = [];
  let height = 0;
  if (p.kind === "outlines" && p.outlines) {
    const all = feature(p.outlines, p.outlines.objects["communes"] as GeometryCollection<{ code: string }>);
    height = Math.round(Math.min(width * 0.85, 620));
    const path = geoPath(geoMercator().fitExtent([[4, 4], [width - 4, height - 4]], all));
    for (const f of all.features as Feature<Geometry, { code: string }>[]) {
      const unit = by.get(f.properties.code), d = path(f);
      if (d) list.push({ ...(unit && { unit }), d });
    }
  } else if (p.tiles && p.tiles.length > 0) {
    const west = Math.min(...p.tiles.map((x) => x.col)), north = Math.min(...p.tiles.map((x) => x.row));
    const cols = Math.max(...p.tiles.map((x) => x.col)) + 1 - west, size = Math.floor(Math.min(width / cols, 44));
    const left = Math.floor((width - cols * size) / 2);
    for (const x of p.tiles) {
      const unit = by.get(x.code);
      list.push({ ...(unit && { unit }), tile: { x: left + (x.col - west) * size, y: (x.row - north) * size, size } });
    }
    height = (Math.max(...p.tiles.map((x) => x.row)) + 1 - north) * size;
  }
  const drawn = new Set(list.map((s) => s.unit?.unit)), size = 28, per = Math.max(1, Math.floor(width / size));
  const rest = units.filter((u) => !drawn.has(u.unit));
  const from = height > 0 ? height + 12 : 0;
  rest.forEach((unit, i) => list.push({ unit, tile: { x: (i % per) * size, y: from + Math.floor(i / per) * size, size } }));
  return { list, height: rest.length > 0 ? from + Math.ceil(rest.length / per) * size : height };
}

export function CommuneMap({ board, metric, onOpen }: { board: Board; metric: Metric; onOpen: (u: UnitRow) => void }) {
  const last = board.to + "-28";
  const on = board.lens === "today" || last > board.today ? board.today : last;
  const picture = useLoad(() => get<Picture>("/v1/map?on=" + on), [on]);
  const units = ranked(board.units, metric), name = t(`metric.${metric}`);
  const write = (n: number): string => (isMoney(metric) ? money(n) : count(n));
  const table = { head: [t("league.unit"), name], rows: units.map((u) => [u.name, value(u, metric)]) };
  return (
    <Figure id="map" title={t("map.title")} sub={name} table={table} shown={(c, j) => (j === 0 ? String(c) : write(Number(c)))} {...(units.length === 0 && { none: t("map.none") })}>
      <Loaded of={picture}>{(p) => <Drawn picture={p} units={units} metric={metric} write={write} onOpen={onOpen} />}</Loaded>
    </Figure>
  );
}

interface DrawnProps { picture: Picture; units: UnitRow[]; metric: Metric; write: (n: number) => string; onOpen: (u: UnitRow) => void }

function Drawn({ picture, units, metric, write, onOpen }: DrawnProps) {
  const [box, width] = useWidth<HTMLDivElement>(520);
  const placed = useMemo(() => shapes(picture, units, width), [picture, units.map((u) => u.unit).join(), width]);
  const now = new Map(units.map((u) => [u.unit, u]));
  const values = units.map((u) => value(u, metric)), grade = grades(values);
  const [over, setOver] = useState<UnitRow | null>(null);
  const [home, setHome] = useState(units[0]?.unit ?? "");
  const reached = placed.list.flatMap((s) => (s.unit ? [s.unit.unit] : []));
  const first = reached.includes(home) ? home : reached[0];
  const move = (e: KeyboardEvent, u: UnitRow): void => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key] ?? 0;
    if (e.key === "Enter" || e.key === " ") onOpen(u);
    else if (by === 0) return;
    else {
      const i = (reached.indexOf(u.unit) + by + reached.length) % reached.length;
      setHome(reached[i]!);
      (box.current?.querySelectorAll<SVGElement>("[data-unit]")[i])?.focus();
    }
    e.preventDefault();
  };
  return (
    <div ref={box} class="map">
      <svg data-chart class="chart" width={width} height={placed.height} viewBox={`0 0 ${width} ${placed.height}`} role="group" aria-label={t("map.label")}>
        {placed.list.map((s, i) => {
          if (!s.unit) return <Area key={i} of={s} class="area blank" aria-hidden="true" />;
          const u = now.get(s.unit.unit) ?? s.unit, v = value(u, metric);
          const look = {
            class: `area g${grade(v)}`, "data-unit": u.unit, role: "button" as const, tabIndex: u.unit === first ? 0 : -1, "aria-label": `${u.name}: ${write(v)}`,
            onFocus: () => { setOver(u); setHome(u.unit); }, onMouseEnter: () => setOver(u), onMouseLeave: () => setOver(null), onClick: () => onOpen(u), onKeyDown: (e: KeyboardEvent) => move(e, u),
          };
          return <Area key={u.unit} of={s} {...look} />;
        })}
      </svg>
      <p class="over" aria-hidden="true">{over ? `${over.name}: ${write(value(over, metric))}` : t("map.hint")}</p>
      <p class="key small">{limits(values).map((l) => <span key={l.grade}><span class={`swatch g${l.grade}`} />{l.from === l.to ? write(l.from) : `${write(l.from)} – ${write(l.to)}`}</span>)}</p>
      {picture.credit && <p class="small credit">{picture.credit}</p>}
      {picture.kind === "tiles" && <p class="small credit">{t("map.tiles")}</p>}
    </div>
  );
}

/** Area is the shape of a commune, with the looks and deeds of what it stands for. */
function Area({ of: { d, tile }, ...look }: { of: Shape } & Record<string, unknown>) {
  return d ? <path d={d} {...look} /> : <rect x={tile!.x + 1} y={tile!.y + 1} width={tile!.size - 2} height={tile!.size - 2} rx={3} {...look} />;
}
