// People who ask for their own data: what waits, until when, and a new request.
import { sentence } from "@banso/kit/api";
import { Button, Card, Field, Form, Note, State, toast } from "@banso/kit/pieces";
import { go, href } from "@banso/kit/router";
import { useState } from "preact/hooks";
import { randomID } from "../core/id";
import { useLoad } from "../core/load";
import { day, known as named, t as common } from "../core/text";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { type Found, type Kind, type Request, type Role, enter, find, requests, toneOf, waits } from "./data";
import { One } from "./One";
import { t } from "./text";

const kinds = ["export", "correct", "deidentify"] as const;

export default function Persons({ me, rest }: ScreenProps) {
  return rest[0] ? <One key={rest[0]} me={me} id={rest[0]} /> : <All today={me.today} />;
}

function All({ today }: { today: string }) {
  const load = useLoad(requests, []);
  const [adding, setAdding] = useState(false);
  return (
    <>
      <h1>{t("title")}</h1>
      <p>{t("why")}</p>
      {adding ? <New today={today} close={() => setAdding(false)} /> : <div><Button look="main" icon="plus" onTap={() => setAdding(true)}>{t("new")}</Button></div>}
      <Loaded of={load} empty={{ when: (v) => v.length === 0, text: t("none"), icon: "people" }}>
        {(list) => (
          <div class="table" role="region" aria-label={t("title")} tabIndex={0}>
            <table>
              <thead><tr><th scope="col">{t("person")}</th><th scope="col">{t("state")}</th><th scope="col">{t("kind")}</th><th scope="col">{t("due")}</th><th scope="col">{t("received")}</th></tr></thead>
              <tbody>
                {list.map((q) => (
                  <tr key={q.id}>
                    <td><a href={href("persons", q.id)}>{q.name}</a></td><td><Clock of={q} /></td><td>{t(`kind.${q.kind}`)}</td><td>{day(q.due)}</td><td>{day(q.received)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </>
  );
}

/** Clock says how a request stands, and while it waits how long there is. */
export function Clock({ of: q }: { of: Request }) {
  if (!waits(q)) return <State tone={toneOf(q)}>{t(q.state === "refused" ? "state.refused" : "state.done", { day: day(q.answered_on ?? "") })}</State>;
  const what = q.overdue ? t("late") : q.left_days === 0 ? t("left.today") : q.left_days === 1 ? t("left.one") : t("left", { n: q.left_days });
  return <State tone={toneOf(q)}>{q.state === "proposed" ? `${t("state.proposed")}, ${what}` : what}</State>;
}

/** rolesOf says where somebody works or worked. */
export function rolesOf(list: Role[]): string {
  return list.map((r) => `${named(`role.${r.role}`) ? common(`role.${r.role}` as "role.member") : r.role}, ${r.place}`).join("; ");
}

function New({ today, close }: { today: string; close: () => void }) {
  const [key] = useState(randomID);
  const [name, setName] = useState(""), [found, setFound] = useState<Found[]>(), [person, setPerson] = useState<Found>();
  const [kind, setKind] = useState<Kind>("export"), [received, setReceived] = useState(today), [note, setNote] = useState("");
  const [error, setError] = useState("");
  const attempt = (fn: () => Promise<void>) => async (): Promise<void> => {
    setError("");
    await fn().catch((e) => setError(sentence(e)));
  };
  const look = attempt(async () => {
    setPerson(undefined);
    const list = await find(name);
    setFound(list);
    if (list.length === 1) setPerson(list[0]);
  });
  const save = attempt(async () => {
    if (!person) return setError(t("choose"));
    const q = await enter({ key, person: person.id, kind, received, note: note.trim().normalize("NFC") });
    toast(t("entered"));
    go(href("persons", q.id));
  });
  return (
    <Card title={t("new")}>
      <Form onSubmit={look}>
        <Field label={t("find")} type="search" value={name} onInput={setName} max={80} focus />
        <div><Button icon="search" submits>{t("find.do")}</Button></div>
      </Form>
      {found?.length === 0 && <p class="small" role="status">{t("find.none")}</p>}
      {found && found.length > 0 && (
        <fieldset class="stack">
          <legend>{t("person")}</legend>
          {found.map((p) => (
            <label key={p.id} class="toggle">
              <input type="radio" name="person" checked={person?.id === p.id} onChange={() => setPerson(p)} />
              <span>{p.name} <span class="small">{rolesOf(p.roles)}</span></span>
            </label>
          ))}
        </fieldset>
      )}
      <div class="days">
        <label class="field">{t("kind")}<select value={kind} onChange={(e) => setKind(e.currentTarget.value as Kind)}>{kinds.map((k) => <option key={k} value={k}>{t(`kind.${k}`)}</option>)}</select></label>
        <Field label={t("received")} type="date" value={received} onInput={setReceived} />
      </div>
      <Field label={t("note")} lines value={note} onInput={setNote} max={500} hint={t("note.hint")} />
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <div class="row"><Button look="main" onTap={save}>{t("enter")}</Button><Button look="plain" onTap={close}>{t("cancel")}</Button></div>
    </Card>
  );
}
