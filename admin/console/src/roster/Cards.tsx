// Cards with activation codes, to be printed on A4, cut and handed out at a
// village meeting. Codes are shown once.
import { Button, Note } from "@banso/kit/pieces";
import { Qr } from "@banso/kit/qr";
import type { Code } from "./api";
import { day, dayOf, t } from "./text";

export function Cards({ codes, names, place, onClose }: { codes: Code[]; names: Record<string, string>; place: string; onClose: () => void }) {
  const made = codes.filter((c) => c.code);
  const not = codes.filter((c) => !c.code);
  return (
    <>
      <div class="no-print stack">
        <h2>{t("cards.title", { n: made.length })}</h2>
        <Note tone="wait"><p>{t("cards.once")}</p></Note>
        {not.length > 0 && <Note tone="bad"><p>{t("cards.not", { names: not.map((c) => names[c.person] ?? "").join(", ") })}</p></Note>}
        <div class="row">
          {made.length > 0 && <Button look="main" icon="paper" onTap={() => print()}>{t("cards.print")}</Button>}
          <Button onTap={onClose}>{t("cards.done")}</Button>
        </div>
      </div>
      <ul class="cards">
        {made.map((c) => (
          <li key={c.person}>
            <Qr text={`${location.origin}/#/vao/${c.code}`} label={t("cards.qr", { name: names[c.person] ?? "" })} />
            <div>
              <strong>{names[c.person]}</strong>
              <span class="small">{place}</span>
              <code>{c.code}</code>
              <span class="small">{t("cards.how", { host: location.host })}</span>
              <span class="small">{t("cards.until", { day: day(dayOf(c.expires_ms ?? 0)) })}</span>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
