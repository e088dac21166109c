// One's account linked with the province's own: made by signing in there.
import { sentence } from "@banso/kit/api";
import { Button, Card, Note, State, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import type { Me } from "../core/me";
import { leaveToLink, linkOf, unlink } from "../core/province";
import { t, when } from "../core/text";

export function Linked({ me }: { me: Me }) {
  const link = useLoad(() => linkOf(me.person), []);
  const [error, setError] = useState("");
  const attempt = (fn: () => Promise<void>) => async (): Promise<void> => {
    setError("");
    await fn().catch((e) => setError(sentence(e)));
  };
  const end = attempt(async () => {
    await unlink(me.person);
    toast(t("province.unlinked"));
    await link.again();
  });
  if (!link.value?.on) return null; // most servers have none
  const { linked, linked_ms: since = 0, used_ms: used = 0, own } = link.value;
  return (
    <Card title={t("province.title")}>
      {linked ? <State tone="good">{t("province.since", { when: when(since, me.now_ms) })}</State> : <p>{t("province.why")}</p>}
      {linked && <p class="small">{used ? t("province.used", { when: when(used, me.now_ms) }) : t("province.unused")}{!own && ` ${t("province.by_admin")}`}</p>}
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <div class="row">
        <Button look={linked ? "" : "main"} onTap={attempt(leaveToLink)}>{t(linked ? "province.relink" : "province.link")}</Button>
        {linked && <Button look="danger" onTap={end}>{t("province.unlink")}</Button>}
      </div>
    </Card>
  );
}
