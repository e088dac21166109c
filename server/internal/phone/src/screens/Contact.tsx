// The commune, one tap away. No directory of officers is published, so the
// number is written down once on this phone.
import { useState } from "preact/hooks";
import { useCell } from "@banso/kit/cell";
import { readSetting, writeSetting } from "../core/drafts";
import { useLive } from "../core/live";
import { useMe } from "../core/me";
import { phone } from "../core/phone";
import { authorized } from "../core/session";
import { t } from "../core/text";
import { Button, Card, Field, Note } from "../ui/kit";
import { Icon } from "@banso/kit/icons";
import { route } from "@banso/kit/router";
import { Screen } from "../ui/shell";

export function Contact() {
  const id = useCell(route).path[1] ?? "";
  const me = useMe();
  const team = me?.teams.find((x) => x.id === id);
  const v = useLive(async (p) => ({ name: await communeName(team?.commune ?? "", me?.today ?? ""), number: await readSetting(p, "contact/" + (team?.commune ?? "")) }), [team?.commune]);
  const [typed, setTyped] = useState<string | null>(null);
  if (!me || !v || !team) return <Screen title={t("contact.title")} doors={false}><p class="soft">{t("reading")}</p></Screen>;
  const save = async (): Promise<void> => {
    await writeSetting(phone.get()!, "contact/" + team.commune, (typed ?? "").replace(/[^\d+ .]/g, "").trim());
    setTyped(null);
  };
  return (
    <Screen title={t("contact.title")} doors={false}>
      <Card title={v.name || t("contact.commune")}>
        {v.number && typed === null && <a class="button main wide" href={`tel:${v.number.replace(/[ .]/g, "")}`}><Icon name="call" />{t("contact.call", { number: v.number })}</a>}
        {(typed !== null || !v.number) && (
          <>
            <Field label={t("contact.number")} hint={t("contact.hint")} value={typed ?? ""} onInput={setTyped} mode="numeric" max={20} />
            <Button look="main" wide onTap={save}>{t("contact.save")}</Button>
          </>
        )}
        {v.number && typed === null && <Button onTap={() => setTyped(v.number)}>{t("contact.change")}</Button>}
      </Card>
      <Note><p>{t("contact.leader", { name: team.members.find((m) => m.role === "leader")?.name ?? "–" })}</p></Note>
    </Screen>
  );
}

/** communeName asks the server once and keeps the answer for offline. */
async function communeName(id: string, today: string): Promise<string> {
  const p = phone.get();
  if (!p || !id) return "";
  const kept = await readSetting(p, "unit/" + id);
  if (kept) return kept;
  try {
    const r = await authorized<{ units: { unit: string; name: string }[] }>(p.who.id, "GET", `/v1/units?on=${today}&level=commune`);
    const name = r.units.find((u) => u.unit === id)?.name ?? "";
    if (name) await writeSetting(p, "unit/" + id, name);
    return name;
  } catch {
    return "";
  }
}
