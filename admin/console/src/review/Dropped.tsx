// A decision that was not taken, because what was looked at isn't what stands
// there now: what it was, what it is, and the same choice again on what it is.
import { Button, Note } from "@banso/kit/pieces";
import type { Desk, Dropped as Case } from "./desk";
import { Versions } from "./Detail";
import { type Names, titleOf } from "./item";
import { known, t } from "./text";

export function Dropped({ dropped, desk, names }: { dropped: Case; desk: Desk; names: Names }) {
  const { item, choice, code } = dropped;
  const look = (): void => {
    desk.settle(dropped);
    void desk.read();
  };
  return (
    <Note tone="bad">
      <p><b>{t("dropped", { what: titleOf(item), who: names.person(item.doc.author), choice: t(choice) })}</b></p>
      <p>{known(`dropped.${code}`) ? t(`dropped.${code}` as "dropped.stale_review") : t("dropped.other", { code })}</p>
      {item.type === "activity" && <Versions id={item.id} names={names} />}
      <div class="row"><Button look="main" onTap={look}>{t("dropped.look")}</Button></div>
    </Note>
  );
}
