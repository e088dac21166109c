// What the commune's office says to each other about one activity. The team does
// not read it: what it must know goes with the decision.
import { sentence } from "@banso/kit/api";
import { Button, Field, Note } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { randomID } from "../core/id";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import { when } from "../core/text";
import { Loaded } from "../ui/loaded";
import { t } from "./text";

interface Comment {
  id: string;
  name: string;
  at_ms: number;
  text: string;
}

export function Comments({ id, n }: { id: string; n: number }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>{n > 0 ? t("comments.n", { n }) : t("comments")}</button>
      {open && <Thread id={id} />}
    </>
  );
}

function Thread({ id }: { id: string }) {
  const load = useLoad(() => get<{ comments: Comment[] }>(`/v1/activities/${id}/comments`), [id]);
  const [text, setText] = useState("");
  const [key, setKey] = useState(randomID);
  const [error, setError] = useState("");
  const add = async (): Promise<void> => {
    setError("");
    try {
      await send("POST", `/v1/activities/${id}/comments`, { key, text: text.trim().normalize("NFC") });
      setText("");
      setKey(randomID());
      await load.again();
    } catch (e) {
      setError(sentence(e));
    }
  };
  return (
    <div class="stack">
      <Loaded of={load}>
        {({ comments }) => <>{comments.map((c) => <blockquote key={c.id}><p>{c.text}</p><span class="small">{c.name} · {when(c.at_ms, 0)}</span></blockquote>)}</>}
      </Loaded>
      <Field label={t("comments.add")} hint={t("comments.hint")} value={text} onInput={setText} lines max={500} />
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <div><Button onTap={add}>{t("comments.send")}</Button></div>
    </div>
  );
}
