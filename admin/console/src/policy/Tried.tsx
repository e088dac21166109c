// What would have come of a policy, beside what was decided.
import { both, count, money, monthShort } from "@banso/kit/words";
import { type Sum, type WhatIf } from "./data";
import { t } from "./text";

export function Tried({ of: w }: { of: WhatIf }) {
  const row = (name: string, s: Sum) => (
    <tr key={name}><td>{name}</td><td class="n">{money(s.was_vnd)}</td><td class="n">{money(s.would_vnd)}</td><td class="n">{count(s.gain)}: {money(s.gain_vnd)}</td><td class="n">{count(s.lose)}: {money(s.lose_vnd)}</td></tr>
  );
  return (
    <>
      <div class="table" role="region" aria-label={t("tried")} tabIndex={0}>
        <table>
          <thead><tr><th>{t("col.commune")}</th><th class="n">{t("col.was")}</th><th class="n">{t("col.would")}</th><th class="n">{t("col.gain")}</th><th class="n">{t("col.lose")}</th></tr></thead>
          <tbody>{row(t("all"), w.total)}{w.communes.map((c) => row(c.name ?? "", c))}</tbody>
        </table>
      </div>
      {w.changes.length > 0 && (
        <details>
          <summary>{t("changes", { n: count(w.changes.length + w.left_out) })}</summary>
          <ul class="list">
            {w.changes.map((c) => (
              <li key={c.team + c.month}>{monthShort(c.month)} · {c.commune_name}, {c.name}: {money(c.was.amount)} → {money(c.would.amount)}<span class="small block">{both(c.would.reason_vi, c.would.reason_en)}</span></li>
            ))}
          </ul>
          {w.left_out > 0 && <p class="small">{t("changes.left", { n: count(w.left_out) })}</p>}
        </details>
      )}
    </>
  );
}
