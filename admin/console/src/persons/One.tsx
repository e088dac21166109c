// One request: what was asked, until when, and the steps that answer it.
import { sentence } from "@banso/kit/api";
import { Button, Card, Fact, Field, Note, Toggle, toast } from "@banso/kit/pieces";
import { href } from "@banso/kit/router";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import type { Me } from "../core/me";
import { save } from "../core/server";
import { day, when } from "../core/text";
import { Loaded } from "../ui/loaded";
import { type Detail, type Mention, act, detail, mentions, waits } from "./data";
import { Clock, rolesOf } from "./Persons";
import { known, t } from "./text";

export function One({ me, id }: { me: Me; id: string }) {
  const load = useLoad(() => detail(id), [id]);
  const [error, setError] = useState("");
  const [answer, setAnswer] = useState(""), [refusing, setRefusing] = useState(false);
  const attempt = (fn: () => Promise<unknown>, said: string) => async (): Promise<void> => {
    setError("");
    try {
      await fn();
      toast(said);
      await load.again();
    } catch (e) {
      setError(sentence(e));
    }
  };
  const reply = (done: boolean) => attempt(() => act(id, "answer", { done, answer: answer.trim().normalize("NFC") }), t("answered"));
  return (
    <>
      <p><a href={href("persons")}>{t("back")}</a></p>
      <Loaded of={load}>
        {(q) => (
          <>
            <h1>{q.name}</h1>
            <Card title={t(`kind.${q.kind}`)}>
              <div><Clock of={q} /></div>
              <dl>
                <Fact name={t("received")} value={day(q.received)} />
                <Fact name={t("due")} value={day(q.due)} />
                <Fact name={t("by")} value={`${q.by_name}, ${when(q.at_ms, me.now_ms)}`} />
                {q.note && <Fact name={t("note")} value={q.note} />}
                {q.proposer && <Fact name={t("proposed")} value={`${q.proposer}, ${when(q.proposed_ms ?? 0, me.now_ms)}`} />}
                {q.doer && <Fact name={t(q.state === "refused" ? "refused.by" : "done.by")} value={`${q.doer}, ${when(q.done_ms ?? 0, me.now_ms)}`} />}
                {q.answer && <Fact name={t("answer")} value={q.answer} />}
                {q.kept_until && <Fact name={t("kept")} value={day(q.kept_until)} />}
              </dl>
            </Card>
            {error && <Note tone="bad"><p>{error}</p></Note>}
            {waits(q) && q.kind === "export" && <Copy q={q} now={me.now_ms} answer={answer} setAnswer={setAnswer} attempt={attempt} done={reply(true)} />}
            {waits(q) && q.kind === "correct" && <Correct q={q} attempt={attempt} />}
            {waits(q) && q.kind === "deidentify" && <Veil me={me} q={q} attempt={attempt} />}
            {q.state === "done" && q.kind === "deidentify" && <Note tone="info"><p>{t("after")}</p></Note>}
            {waits(q) && (refusing ? (
              <Card title={t("refuse")}>
                <Field label={t("reason")} lines value={answer} onInput={setAnswer} max={500} focus />
                <div class="row"><Button look="danger" onTap={reply(false)}>{t("refuse")}</Button><Button look="plain" onTap={() => setRefusing(false)}>{t("cancel")}</Button></div>
              </Card>
            ) : <div><Button look="plain" onTap={() => setRefusing(true)}>{t("refuse.begin")}</Button></div>)}
          </>
        )}
      </Loaded>
    </>
  );
}

type Attempt = (fn: () => Promise<unknown>, said: string) => () => Promise<void>;

function Copy({ q, now, answer, setAnswer, attempt, done }: { q: Detail; now: number; answer: string; setAnswer: (s: string) => void; attempt: Attempt; done: () => Promise<void> }) {
  return (
    <Card title={t("step.copy")}>
      <p>{t("copy.why")}</p>
      <div class="row">
        <Button look={q.exported_ms ? "" : "main"} icon="paper" onTap={attempt(() => save(`/v1/person-requests/${q.id}/export`, "banso-du-lieu-ca-nhan.zip", "POST"), t("copy.made"))}>{t("copy")}</Button>
        {q.exported_ms && <span class="small">{t("copy.last", { when: when(q.exported_ms, now) })}</span>}
      </div>
      {q.exported_ms && (
        <>
          <Field label={t("handed.how")} value={answer} onInput={setAnswer} max={500} />
          <div><Button look="main" icon="check" onTap={done}>{t("handed")}</Button></div>
        </>
      )}
    </Card>
  );
}

function Correct({ q, attempt }: { q: Detail; attempt: Attempt }) {
  const [name, setName] = useState(q.name);
  return (
    <Card title={t("step.correct")}>
      <p>{t("correct.why")}</p>
      <Field label={t("name")} value={name} onInput={setName} max={80} />
      <div><Button look="main" onTap={attempt(() => act(q.id, "correct", { name: name.trim().normalize("NFC") }), t("corrected"))}>{t("correct")}</Button></div>
    </Card>
  );
}

function Veil({ me, q, attempt }: { me: Me; q: Detail; attempt: Attempt }) {
  const [sure, setSure] = useState(false);
  const blocked = q.roles.length > 0 || q.unpaid.length > 0;
  const decide = (decision: "propose" | "confirm" | "withdraw", said: string) => attempt(() => act(q.id, "deidentify", { decision }), said);
  const mine = q.proposed_by === me.person;
  return (
    <>
      <Card title={t("step.look")}>
        <p>{t("veil.goes")}</p>
        <p>{t("veil.stays")}</p>
        {q.named && <p>{t("veil.named", { day: day(q.keep_until ?? "") })}</p>}
        <Texts id={q.id} />
      </Card>
      <Card title={t("step.veil")}>
        {q.roles.length > 0 && <Note tone="wait"><p>{t("veil.roles", { roles: rolesOf(q.roles) })}</p><p><a href={href("teams")}>{t("veil.roles.go")}</a></p></Note>}
        {q.unpaid.length > 0 && <Note tone="wait"><p>{t("veil.unpaid", { lists: q.unpaid.join(", ") })}</p><p><a href={href("lists")}>{t("veil.unpaid.go")}</a></p></Note>}
        {!blocked && q.state === "open" && <><p>{t("veil.two")}</p><div><Button look="main" onTap={decide("propose", t("veil.proposed"))}>{t("veil.propose")}</Button></div></>}
        {q.state === "proposed" && mine && <><p>{t("veil.wait")}</p><div><Button onTap={decide("withdraw", t("veil.withdrawn"))}>{t("veil.withdraw")}</Button></div></>}
        {!blocked && q.state === "proposed" && !mine && (
          <>
            <Toggle label={t("veil.sure")} on={sure} onChange={setSure} />
            {sure && <div><Button look="danger" onTap={decide("confirm", t("veil.done"))}>{t("veil.confirm")}</Button></div>}
          </>
        )}
      </Card>
    </>
  );
}

/** Texts finds the records in whose text the name stands, when somebody asks: the whole store is read for it. */
function Texts({ id }: { id: string }) {
  const [asked, setAsked] = useState(false);
  return asked ? <Found id={id} /> : <div><Button icon="search" onTap={() => setAsked(true)}>{t("texts")}</Button></div>;
}

function Found({ id }: { id: string }) {
  const load = useLoad(() => mentions(id), [id]);
  return (
    <Loaded of={load}>
      {(list) => (list.length === 0 ? <p role="status">{t("texts.none")}</p> :
        <>
          <p>{t("texts.found", { n: list.length })}</p>
          <ul>{list.map((m) => <li key={m.type + m.id}>{textOf(m)} <span class="small">{m.id}{m.past ? ` · ${t("texts.past")}` : ""}</span></li>)}</ul>
        </>
      )}
    </Loaded>
  );
}

function textOf(m: Mention): string {
  const key = `type.${m.type}`;
  return [known(key) ? t(key as "type.activity") : m.type, m.month ?? ""].filter(Boolean).join(", ");
}
