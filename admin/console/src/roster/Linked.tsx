// Another's account linked with one of the province, by an administrator who was
// told how the provider names it.
import { sentence } from "@banso/kit/api";
import { Button, Field, Note, Sheet, State, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { linkOf, linkSubject, unlink } from "../core/province";
import { Loaded } from "../ui/loaded";
import { t, when } from "./text";

export function Linked({ person, name, now, onClose }: { person: string; name: string; now: number; onClose: () => void }) {
  const link = useLoad(() => linkOf(person), [person]);
  const [subject, setSubject] = useState("");
  const [bad, setBad] = useState("");
  const attempt = (said: string, fn: () => Promise<void>) => async (): Promise<void> => {
    setBad("");
    try {
      await fn();
      toast(said);
      setSubject("");
      await link.again();
    } catch (e) {
      setBad(sentence(e));
    }
  };
  return (
    <Sheet title={t("linked.title", { name })} onClose={onClose}>
      <Loaded of={link}>
        {(l) => (
          <>
            {l.linked ? (
              <p class="row">
                <State tone="good">{t("linked.since", { time: when(l.linked_ms ?? 0, now) })}</State>
                <Button look="danger" onTap={attempt(t("linked.unlinked"), () => unlink(person))}>{t("linked.unlink")}</Button>
              </p>
            ) : <p>{t("linked.none")}</p>}
            <Field label={t("linked.subject")} hint={t("linked.hint")} value={subject} onInput={setSubject} max={255} />
            {bad && <Note tone="bad"><p>{bad}</p></Note>}
            <Button look="main" wide onTap={attempt(t("linked.done"), () => linkSubject(person, subject.trim()))}>{t("linked.go")}</Button>
          </>
        )}
      </Loaded>
      <p class="small">{t("linked.why")}</p>
    </Sheet>
  );
}
