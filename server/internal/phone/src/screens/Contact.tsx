// The commune, one tap away: the number that its office gave, kept here for
// when there is no network.
import { type Shown, communeScope, teamScope } from "@banso/sync";
import { useState } from "preact/hooks";
import { sentence } from "@banso/kit/api";
import { useCell } from "@banso/kit/cell";
import { readSetting, writeSetting } from "../core/drafts";
import { useLive } from "../core/live";
import { useMe } from "../core/me";
import { text } from "../core/model";
import { phone } from "../core/phone";
import { authorized } from "../core/session";
import { t } from "../core/text";
import { Button, Card, Field, Note, Sheet, toast } from "../ui/kit";
import { Icon } from "@banso/kit/icons";
import { route } from "@banso/kit/router";
import { Screen } from "../ui/shell";

export function Contact() {
  const id = useCell(route).path[1] ?? "";
  const me = useMe();
  const team = me?.teams.find((x) => x.id === id);
  const v = useLive(async (p) => ({ name: await communeName(team?.commune ?? "", me?.today ?? ""), said: (await p.ref.list("contact", teamScope(id)))[0] ?? null }), [id, team?.commune]);
  if (!me || !v || !team) return <Screen title={t("contact.title")} doors={false}><p class="soft">{t("reading")}</p></Screen>;
  return (
    <Screen title={t("contact.title")} doors={false}>
      <Card title={v.name || t("contact.commune")}>{v.said ? <Number said={v.said} /> : <p class="soft">{t("contact.none")}</p>}</Card>
      <Note><p>{t("contact.leader", { name: team.members.find((m) => m.role === "leader")?.name ?? "–" })}</p></Note>
    </Screen>
  );
}

function Number({ said }: { said: Shown }) {
  const number = text(said.doc, "phone");
  return (
    <>
      <p>{text(said.doc, "office")}</p>
      <a class="button main wide" href={`tel:${number.replace(/ /g, "")}`}><Icon name="call" />{t("contact.call", { number })}</a>
    </>
  );
}

/** What most communes will answer to; it is what they write, not a text of the app. */
const usual = "Văn phòng UBND xã";

/** Reached is what a commune's chair says of how it is reached. */
export function Reached({ commune }: { commune: string }) {
  const said = useLive(async (p) => (await p.ref.list("contact", communeScope(commune))).find((s) => text(s.doc, "unit") === commune) ?? null, [commune]);
  const [asking, setAsking] = useState(false);
  if (said === undefined) return null;
  return (
    <Card title={t("contact.ours")}>
      {said ? <p>{text(said.doc, "office")}: {text(said.doc, "phone")}</p> : <p class="soft">{t("contact.ours_none")}</p>}
      {!phone.get()?.practice && <Button icon="call" onTap={() => setAsking(true)}>{t("contact.change")}</Button>}
      {asking && <Change commune={commune} office={said ? text(said.doc, "office") : usual} number={said ? text(said.doc, "phone") : ""} onClose={() => setAsking(false)} />}
    </Card>
  );
}

function Change({ commune, office: was, number: before, onClose }: { commune: string; office: string; number: string; onClose: () => void }) {
  const [office, setOffice] = useState(was);
  const [number, setNumber] = useState(before);
  const [error, setError] = useState("");
  const save = async (): Promise<void> => {
    const p = phone.get()!;
    try {
      await authorized(p.who.id, "POST", `/v1/communes/${commune}/contact`, { office: office.trim().normalize("NFC"), phone: number.replace(/[^+\d]+/g, " ").trim() });
    } catch (e) {
      return setError(sentence(e));
    }
    p.engine.wake();
    toast(t("contact.saved"));
    onClose();
  };
  return (
    <Sheet title={t("contact.ours")} onClose={onClose}>
      <Field label={t("contact.office")} value={office} onInput={setOffice} max={80} />
      <Field label={t("contact.number")} hint={t("contact.hint")} error={error} value={number} onInput={setNumber} mode="tel" max={20} />
      <Button look="main" wide icon="check" onTap={save}>{t("contact.save")}</Button>
    </Sheet>
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
