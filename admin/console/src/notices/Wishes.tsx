// What an officer wants to hear, and where: in his account.
import { ApiError, sentence } from "@banso/kit/api";
import { Button, Card, Chips, Field, Toggle, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import { Loaded } from "../ui/loaded";
import { t } from "./text";

interface Prefs {
  no_push?: boolean;
  quiet_from: number;
  quiet_to: number;
  silent?: string[];
  hidden?: string[];
  mail?: string;
  summary?: "weekly" | "monthly";
  sms?: string;
  changed_ms?: number;
}

interface Ways {
  channels: string[];
  mail?: boolean;
}

const path = "/v1/me/notifications";

export function Wishes() {
  const both = useLoad(async () => ({ prefs: await get<Prefs>(path), ways: await get<Ways>("/v1/push") }), []);
  return (
    <Card title={t("wishes.title")}>
      <Loaded of={both}>{({ prefs, ways }) => <Form was={prefs} ways={ways} />}</Loaded>
    </Card>
  );
}

const often = ["none", "weekly", "monthly"] as const;

/** asked is what somebody wants, with figures by letter as often as chosen. */
function asked(p: Prefs, o: (typeof often)[number]): Prefs {
  const { summary: _, ...rest } = p;
  return o === "none" ? rest : { ...rest, summary: o };
}

function Form({ was, ways }: { was: Prefs; ways: Ways }) {
  const [p, setP] = useState(was);
  const [error, setError] = useState<unknown>();
  const save = async (): Promise<void> => {
    try {
      const { changed_ms: _, ...wish } = p;
      setP(await send<Prefs>("POST", path, wish));
      setError(undefined);
      toast(t("wishes.saved"));
    } catch (e) {
      setError(e);
    }
  };
  const wrong = (field: string): string => (error instanceof ApiError && error.field === field ? error.sentence : "");
  return (
    <>
      {ways.mail && <Field label={t("wishes.mail")} hint={t("wishes.mail_hint")} value={p.mail ?? ""} onInput={(mail) => setP({ ...p, mail: mail.trim() })} error={wrong("mail")} auto="email" />}
      {ways.mail && p.mail && <div class="field"><span>{t("wishes.summary")}</span><Chips label={t("wishes.summary")} options={often.map((o) => ({ value: o, text: t(`wishes.summary.${o}`) }))} chosen={[p.summary ?? "none"]} onChoose={(o) => setP(asked(p, o))} /></div>}
      {ways.channels.includes("sms") && <Field label={t("wishes.sms")} hint={t("wishes.sms_hint")} value={p.sms ?? ""} onInput={(sms) => setP({ ...p, sms: sms.replace(/\s/g, "") })} error={wrong("sms")} mode="tel" auto="tel" />}
      <Toggle label={t("wishes.push")} on={!p.no_push} onChange={(on) => setP({ ...p, no_push: !on })} />
      <p class="small">{t("wishes.inbox")}</p>
      {error !== undefined && !wrong("mail") && !wrong("sms") && <p class="error">{sentence(error)}</p>}
      <Button onTap={save}>{t("wishes.save")}</Button>
    </>
  );
}
