// One's own password, changed by who knows it.
import { ApiError, sentence } from "@banso/kit/api";
import { Button, Card, Field, Form, Note, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { send } from "../core/server";
import { t } from "../core/text";

export function Password() {
  const [open, setOpen] = useState(false);
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");
  const [error, setError] = useState<unknown>();
  const go = async (): Promise<void> => {
    try {
      await send("POST", "/v1/me/password", { present, next });
      setOpen(false);
      setPresent("");
      setNext("");
      setError(undefined);
      toast(t("password.done"));
    } catch (e) {
      setError(e);
    }
  };
  const wrong = (field: string): string => (error instanceof ApiError && error.field === field ? error.sentence : "");
  return (
    <Card title={t("password.title")}>
      {!open ? <Button onTap={() => setOpen(true)}>{t("password.change")}</Button> : (
        <Form onSubmit={go}>
          <Field label={t("password.present")} value={present} onInput={setPresent} type="password" auto="current-password" error={wrong("present")} focus />
          <Field label={t("password.next")} hint={t("password.hint")} value={next} onInput={setNext} type="password" auto="new-password" error={wrong("password")} />
          {error !== undefined && !wrong("present") && !wrong("password") && <Note tone="bad"><p>{sentence(error)}</p></Note>}
          <Button look="main" submits>{t("password.change")}</Button>
        </Form>
      )}
    </Card>
  );
}
