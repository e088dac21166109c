// The lock: a PIN, checked on the phone alone.
import { useState } from "preact/hooks";
import { gate, letIn, others } from "../core/gate";
import type { Person } from "../core/people";
import { tryPin, valid } from "../core/pin";
import { t } from "../core/text";
import { Bar, Button, Card, Field, Form } from "../ui/kit";

export function PinGate({ who }: { who: Person }) {
  const [pin, setPin] = useState("");
  const [error, setError] = useState("");
  const open = async (): Promise<void> => {
    if (!valid(pin)) return setError(t("pin.form"));
    const r = await tryPin(who.id, pin);
    if (r.right) return letIn(who);
    setPin("");
    setError(r.waitMs > 0 ? t("pin.wait", { n: Math.ceil(r.waitMs / 1000) }) : t("pin.wrong"));
  };
  return (
    <>
      <Bar title={t("app.name")} home />
      <main id="main">
        <Card title={t("pin.title", { name: who.name })}>
          <Form onSubmit={open}>
            <Field label={t("pin.pin")} value={pin} onInput={setPin} error={error} type="password" mode="numeric" class="code" max={8} focus />
            <Button look="main" wide submits icon="lock">{t("pin.open")}</Button>
          </Form>
        </Card>
        <p class="small">{t("pin.kept")}</p>
        <Button wide onTap={() => gate.set({ at: "enter", code: "", again: who })}>{t("pin.forgot")}</Button>
        <Button wide icon="people" onTap={others}>{t("choose.other")}</Button>
      </main>
    </>
  );
}
