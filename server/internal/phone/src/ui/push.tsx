// Asking for notifications: not at the door, but once the first piece of work
// has reached the server, with the reason why.
import { useLive } from "../core/live";
import { allowPush, pushState, stopPush } from "../core/push";
import { readSetting, writeSetting } from "../core/drafts";
import { type Phone, phone, touch } from "../core/phone";
import { t } from "../core/text";
import { sentence } from "@banso/kit/api";
import { Button, Card, toast } from "./kit";

const allow = (p: Phone): Promise<void> => allowPush(p).catch((e) => toast(sentence(e)));

/** AskPush is shown until it is answered; never if the server or the browser has no pushes. */
export function AskPush() {
  const v = useLive(async (p) => ({ state: await pushState(p), later: await readSetting(p, "push_later") }));
  const p = phone.get();
  if (!p || !v || v.state !== "ask" || v.later) return null;
  return (
    <Card title={t("push.ask")}>
      <p class="small">{t("push.why")}</p>
      <Button look="main" icon="check" onTap={() => allow(p)}>{t("push.yes")}</Button>
      <Button onTap={async () => { await writeSetting(p, "push_later", "1"); touch(); }}>{t("push.later")}</Button>
    </Card>
  );
}

/** PushCard is the same in the settings, where it can be taken back. */
export function PushCard() {
  const state = useLive(pushState);
  const p = phone.get();
  if (!p || !state || state === "never" || state === "server") return null;
  return (
    <Card title={t("push.title")}>
      <p class="small">{t(state === "denied" ? "push.denied" : "push.why")}</p>
      {state === "ask" && <Button icon="check" onTap={() => allow(p)}>{t("push.yes")}</Button>}
      {state === "on" && <Button onTap={() => stopPush(p).catch((e) => toast(sentence(e)))}>{t("push.stop")}</Button>}
    </Card>
  );
}
