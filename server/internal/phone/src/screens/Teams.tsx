// The commune's teams for its chair: each month's verdict, and what was set aside.
import { communeScope } from "@banso/sync";
import { useCell } from "@banso/kit/cell";
import { useLive } from "../core/live";
import { type Me, progressKey, useMe } from "../core/me";
import { num, text } from "../core/model";
import { addMonths, both, known, monthShort, t } from "../core/text";
import { Chips, Note, State } from "../ui/kit";
import { go, href, route } from "@banso/kit/router";
import { Screen } from "../ui/shell";
import { Reached } from "./Contact";

export function Teams() {
  const me = useMe();
  const month = useCell(route).query.get("month");
  if (!me) return <Screen title={t("teams.title")} home><p class="soft">{t("reading")}</p></Screen>;
  return <List me={me} month={month ?? me.month} />;
}

function List({ me, month }: { me: Me; month: string }) {
  const list = useLive(async (p) => {
    const out = [];
    for (const c of me.reviews) {
      for (const s of await p.ref.list("team", communeScope(c))) out.push({ id: s.id, name: text(s.doc, "name"), doc: (await p.ref.get(progressKey(s.id, month)))?.doc });
    }
    return out.sort((a, b) => a.name.localeCompare(b.name, "vi"));
  }, [me.reviews, month]);
  return (
    <Screen title={t("teams.title")} home>
      <Chips even label={t("home.months")} options={[0, -1, -2].map((n) => ({ value: addMonths(me.month, n), text: monthShort(addMonths(me.month, n)) }))} chosen={[month]} onChoose={(m) => go(`${href("teams")}?month=${m}`, true)} />
      {list?.length === 0 && <Note><p>{t("teams.none")}</p></Note>}
      <ul class="list">
        {(list ?? []).map((x) => {
          const result = x.doc ? text(x.doc, "result") : "";
          const key = "result." + result;
          return (
            <li key={x.id} class="item">
              <span class="text">
                <span>{x.name}</span>
                {x.doc && <span class="small">{t("teams.numbers", { received: num(x.doc, "received"), approved: num(x.doc, "approved"), pending: num(x.doc, "pending") })}</span>}
                {x.doc && <span class="small">{both(text(x.doc, "reason_vi"), text(x.doc, "reason_en"))}</span>}
                {known(key) && <State tone={result === "eligible" ? "good" : result === "incomplete" ? "wait" : "bad"}>{t(key)}</State>}
              </span>
            </li>
          );
        })}
      </ul>
      {me.reviews.map((c) => <Reached key={c} commune={c} />)}
    </Screen>
  );
}
