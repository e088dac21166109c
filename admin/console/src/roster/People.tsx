// People with a role in a team or on a unit: cards with codes, devices, roles
// given and ended by date. What one may do the server decides.
import { sentence } from "@banso/kit/api";
import { Button, Card, Chips, Field, Note, Sheet, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { hasRole, type Me, type Role } from "../core/me";
import { provider } from "../core/province";
import { Loaded } from "../ui/loaded";
import { Cards } from "./Cards";
import { Devices } from "./Devices";
import { Linked } from "./Linked";
import { type Code, type Member, codes, endGrant, give, people } from "./api";
import { day, t } from "./text";

interface Props {
  me: Me;
  of: { team: string } | { unit: string };
  title: string;
  place: string;
  roles: Role[];
  onChange?: () => Promise<void>;
}

type Ask = { what: "add" } | { what: "end" | "devices" | "linked"; of: Member } | null;

export function People({ me, of, title, place, roles, onChange }: Props) {
  const list = useLoad(() => people(of), [of]);
  const links = "unit" in of && hasRole(me, ["province_admin", "system_admin"]);
  const far = useLoad(async () => links && (await provider()).on, [links]);
  const [old, setOld] = useState(false);
  const [ask, setAsk] = useState<Ask>(null);
  const [sheet, setSheet] = useState<Code[] | null>(null);
  const [bad, setBad] = useState("");
  const over = (m: Member): boolean => !!m.to && m.to < me.today;
  const done = async (text: string): Promise<void> => {
    setAsk(null);
    toast(text);
    await Promise.all([list.again(), onChange?.()]);
  };
  const cards = async (rows: Member[]): Promise<void> => {
    setBad("");
    await codes([...new Set(rows.map((m) => m.person))]).then(setSheet, (e) => setBad(sentence(e)));
  };
  if (sheet) return <Cards codes={sheet} names={Object.fromEntries((list.value ?? []).map((m) => [m.person, m.name]))} place={place} onClose={() => setSheet(null)} />;
  return (
    <Card title={title}>
      <Loaded of={list}>
        {(all) => {
          const rows = all.filter((m) => old || !over(m));
          const now = rows.filter((m) => !over(m) && m.person !== me.person);
          return (
            <>
              <div class="row">
                <Button icon="plus" onTap={() => setAsk({ what: "add" })}>{t("people.add")}</Button>
                {now.length > 0 && <Button icon="qr" onTap={() => cards(now)}>{t("people.cards", { n: new Set(now.map((m) => m.person)).size })}</Button>}
              </div>
              {bad && <Note tone="bad"><p>{bad}</p></Note>}
              {rows.length === 0 ? <p>{t("people.none")}</p> : <Table rows={rows} me={me} over={over} links={!!far.value} onAsk={setAsk} onCard={(m) => cards([m])} />}
              {all.some(over) && <Chips label={t("people.old")} options={[{ value: "old", text: t("people.old") }]} chosen={old ? ["old"] : []} onChoose={() => setOld(!old)} />}
            </>
          );
        }}
      </Loaded>
      {ask?.what === "add" && <Add roles={roles} of={of} today={me.today} onDone={() => done(t("people.added"))} onClose={() => setAsk(null)} />}
      {ask?.what === "end" && <End m={ask.of} today={me.today} onDone={() => done(t("people.ended"))} onClose={() => setAsk(null)} />}
      {ask?.what === "linked" && <Linked person={ask.of.person} name={ask.of.name} now={me.now_ms} onClose={() => setAsk(null)} />}
      {ask?.what === "devices" && <Devices person={ask.of.person} name={ask.of.name} now={me.now_ms} onClose={() => setAsk(null)} />}
    </Card>
  );
}

function Table({ rows, me, over, links, onAsk, onCard }: { rows: Member[]; me: Me; over: (m: Member) => boolean; links: boolean; onAsk: (a: Ask) => void; onCard: (m: Member) => unknown }) {
  return (
    <div class="table" tabIndex={0} role="region" aria-label={t("people.table")}>
      <table>
        <thead><tr><th scope="col">{t("people.name")}</th><th scope="col">{t("people.role")}</th><th scope="col">{t("people.from")}</th><th scope="col">{t("people.to")}</th><th scope="col">{t("people.do")}</th></tr></thead>
        <tbody>
          {rows.map((m) => (
            <tr key={m.grant}>
              <td>{m.name}</td>
              <td>{t(`role.${m.role as Role}`)}</td>
              <td>{day(m.from ?? "")}</td>
              <td>{day(m.to ?? "")}</td>
              <td>
                {m.person !== me.person && (
                  <div class="row acts">
                    {!over(m) && <Button icon="qr" onTap={() => onCard(m)} label={t("people.card_of", { name: m.name })}>{t("people.card")}</Button>}
                    <Button onTap={() => onAsk({ what: "devices", of: m })} label={t("people.devices_of", { name: m.name })}>{t("people.devices")}</Button>
                    {links && !over(m) && <Button onTap={() => onAsk({ what: "linked", of: m })} label={t("linked.title", { name: m.name })}>{t("linked.open")}</Button>}
                    {!over(m) && <Button onTap={() => onAsk({ what: "end", of: m })} label={t("people.end_of", { name: m.name })}>{t("people.end")}</Button>}
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Add({ roles, of, today, onDone, onClose }: { roles: Role[]; of: Props["of"]; today: string; onDone: () => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>(roles[0]!);
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState("");
  const [bad, setBad] = useState("");
  const go = (): Promise<void> => give({ ...of, name: name.trim().replace(/\s+/g, " ").normalize("NFC"), role, from, to }).then(onDone, (e) => setBad(sentence(e)));
  return (
    <Sheet title={t("people.add")} onClose={onClose}>
      <Field label={t("people.name")} value={name} onInput={setName} max={80} focus />
      <Chips label={t("people.role")} options={roles.map((r) => ({ value: r, text: t(`role.${r}`) }))} chosen={[role]} onChoose={setRole} />
      <Field label={t("people.from")} type="date" value={from} onInput={setFrom} />
      <Field label={t("people.to")} type="date" value={to} onInput={setTo} hint={t("people.to_hint")} />
      {bad && <Note tone="bad"><p>{bad}</p></Note>}
      <Button look="main" wide onTap={go}>{t("people.add_go")}</Button>
    </Sheet>
  );
}

function End({ m, today, onDone, onClose }: { m: Member; today: string; onDone: () => void; onClose: () => void }) {
  const [on, setOn] = useState(today);
  const [bad, setBad] = useState("");
  return (
    <Sheet title={t("people.end")} onClose={onClose}>
      <p>{t("people.end_why", { name: m.name, role: t(`role.${m.role as Role}`) })}</p>
      <Field label={t("people.last")} type="date" value={on} onInput={setOn} />
      {bad && <Note tone="bad"><p>{bad}</p></Note>}
      <Button look="danger" wide onTap={() => endGrant(m.grant, on).then(onDone, (e) => setBad(sentence(e)))}>{t("people.end_go")}</Button>
    </Sheet>
  );
}
