// A question about a month, asked from the phone, also offline. It is a record
// of its own: the server answers it by a day, and the answer comes back here.
import { useState } from "preact/hooks";
import type { Team } from "../core/me";
import { phone } from "../core/phone";
import { month as monthName, t } from "../core/text";
import { Button, Field, Sheet, toast } from "../ui/kit";

export function Dispute({ team, month, onClose }: { team: Team; month: string; onClose: () => void }) {
  const [question, setQuestion] = useState("");
  const [error, setError] = useState("");
  const send = async (): Promise<void> => {
    const p = phone.get();
    if (!p) return;
    if (question.trim() === "") return setError(t("dispute.needed"));
    await p.engine.create("dispute", { team: team.id, month, question: question.trim() });
    toast(t("dispute.saved"));
    onClose();
  };
  return (
    <Sheet title={t("dispute.title", { month: monthName(month) })} onClose={onClose}>
      <p>{t("dispute.text")}</p>
      <Field label={t("dispute.question")} value={question} onInput={setQuestion} error={error} lines max={2000} />
      <Button look="main" wide icon="send" onTap={send}>{t("dispute.send")}</Button>
    </Sheet>
  );
}
