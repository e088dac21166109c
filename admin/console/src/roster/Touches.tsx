// What a change of units would touch.
import { Card, Note, State, type Tone } from "@banso/kit/pieces";
import { both } from "@banso/kit/words";
import type { Impact, Team, Unit } from "./api";
import { count, t } from "./text";

const tones: Record<Impact["units"][number]["effect"], Tone> = { begins: "good", ends: "bad", changes: "wait", follows: "info", gives: "info" };
const most = 30;

interface Props {
  of: Impact;
  all: Unit[];
  /** Teams of units that give a part: each may go along. */
  stay: Team[];
  moves: Record<string, string>;
  move: (team: string, to: string) => void;
}

export function Touches({ of: x, all, stay, moves, move }: Props) {
  const name = (id: string): string => x.units.find((u) => u.unit === id)?.name ?? all.find((u) => u.unit === id)?.name ?? "?";
  const free = x.change.to.length > 1 || (x.change.to.length === 1 && stay.length > 0);
  const rows = [...x.teams, ...stay.filter((s) => !x.teams.some((y) => y.team === s.id)).map((s) => ({ team: s.id, name: s.name, village: s.village, from: s.commune, to: "" }))];
  return (
    <Card title={t("touches.title")}>
      {x.problems.length > 0 && (
        <Note tone="bad">
          <p><strong>{t("touches.problems")}</strong></p>
          <ul>{x.problems.map((p, i) => <li key={i}>{p.ref}: {both(p.msg_vi, p.msg)}</li>)}</ul>
        </Note>
      )}
      <p>{t("touches.sum", { teams: count(x.teams.length), months: count(x.open_months), registrations: count(x.registrations.length) })}</p>
      {x.registrations.length > 0 && <p class="small">{t("touches.inherit")} <span class="badge" title={t("origin.A")}>A</span></p>}
      {x.officers > 0 && <Note tone="wait"><p>{t("touches.officers", { n: count(x.officers) })}</p></Note>}
      <ul class="jobs">
        {x.units.slice(0, most).map((u) => <li key={u.unit + u.effect} class="row"><State tone={tones[u.effect]}>{t(`effect.${u.effect}`)}</State><span class="grow">{u.name} <span class="small">{u.code}</span></span></li>)}
      </ul>
      {x.units.length > most && <p class="small">{t("touches.more", { n: count(x.units.length - most) })}</p>}
      {rows.length > 0 && (
        <div class="table" tabIndex={0} role="region" aria-label={t("touches.teams")}>
          <table>
            <thead><tr><th scope="col">{t("team.name")}</th><th scope="col">{t("touches.from")}</th><th scope="col">{t("touches.to")}</th></tr></thead>
            <tbody>
              {rows.map((r) => (
                <tr key={r.team}>
                  <td>{r.name}{r.village && <span class="small"> {r.village}</span>}</td><td>{name(r.from)}</td>
                  <td>
                    {free ? (
                      <select aria-label={t("touches.to_of", { name: r.name })} value={moves[r.team] ?? r.to ?? ""} onChange={(e) => move(r.team, e.currentTarget.value)}>
                        <option value="">{t(stay.some((s) => s.id === r.team) ? "touches.stays" : "touches.choose")}</option>
                        {x.change.to.map((a) => <option key={a.unit} value={a.unit}>{a.name}</option>)}
                      </select>
                    ) : r.to ? name(r.to) : "–"}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
