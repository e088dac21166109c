// One member, for the leader or chair: a code to get in, phones to shut out.
import { useState } from "preact/hooks";
import { sentence } from "@banso/kit/api";
import { useCell } from "@banso/kit/cell";
import { useMe } from "../core/me";
import { phone } from "../core/phone";
import { authorized } from "../core/session";
import { t, when } from "../core/text";
import { Button, Card, Note, Reason, toast } from "../ui/kit";
import { href, route } from "@banso/kit/router";
import { Qr } from "@banso/kit/qr";
import { Screen } from "../ui/shell";

interface Code {
  code?: string;
  error?: string;
}
interface Device {
  id: string;
  name: string;
  last_seen_ms: number;
  revoked_ms?: number;
}

export function Member() {
  const [, teamID = "", id = ""] = useCell(route).path;
  const me = useMe();
  const [code, setCode] = useState("");
  const [error, setError] = useState("");
  const [devices, setDevices] = useState<Device[] | null>(null);
  const [gone, setGone] = useState<Device | null>(null);
  const team = me?.teams.find((x) => x.id === teamID);
  const m = team?.members.find((x) => x.person === id);
  const ask = async <T,>(method: string, path: string, body?: unknown): Promise<T | null> => {
    try {
      setError("");
      return await authorized<T>(phone.get()!.who.id, method, path, body);
    } catch (e) {
      setError(sentence(e));
      return null;
    }
  };
  const make = async (): Promise<void> => {
    const r = await ask<{ codes: Code[] }>("POST", "/v1/codes", { people: [id] });
    const c = r?.codes[0];
    if (c?.code) setCode(c.code);
    else if (r) setError(t("member.no_right"));
  };
  const list = async (): Promise<void> => setDevices((await ask<{ devices: Device[] }>("GET", `/v1/devices?person=${id}`))?.devices ?? null);
  const revoke = async (d: Device): Promise<void> => {
    await ask("POST", `/v1/devices/${d.id}/revoke`);
    toast(t("member.revoked"));
    await list();
  };
  const link = `${location.origin}/#/vao/${code}`;
  return (
    <Screen title={m?.name ?? t("team.title")} doors={false}>
      {error && <Note tone="bad"><p>{error}</p></Note>}
      <a class="button" href={`${href("entries")}?team=${teamID}&by=${id}`}>{t("member.entries")}</a>
      <Card title={t("member.code")}>
        <p class="small">{t("member.code_text")}</p>
        {!code && <Button look="main" wide icon="qr" onTap={make}>{t("member.make_code")}</Button>}
        {code && (
          <>
            <p class="huge code">{code}</p>
            <Qr text={link} label={t("member.qr")} />
            {"share" in navigator && <Button wide icon="send" onTap={() => navigator.share({ text: t("member.share", { code }), url: link }).catch(() => undefined)}>{t("member.send")}</Button>}
          </>
        )}
      </Card>
      <Card title={t("member.phones")}>
        <p class="small">{t("member.phones_text")}</p>
        {!devices && <Button onTap={list}>{t("member.show_phones")}</Button>}
        {devices?.length === 0 && <p>{t("member.no_phones")}</p>}
        <ul class="list">
          {(devices ?? []).map((d) => (
            <li key={d.id} class="row">
              <span class="grow">{d.name} <span class="small">{d.revoked_ms ? t("member.is_revoked") : t("member.seen", { time: when(d.last_seen_ms, d.last_seen_ms + 1e12) })}</span></span>
              {!d.revoked_ms && <Button look="danger" onTap={() => setGone(d)}>{t("member.revoke")}</Button>}
            </li>
          ))}
        </ul>
      </Card>
      {gone && <Reason title={t("member.revoke_title")} hint={t("member.revoke_hint")} action={t("member.revoke")} ready={[t("member.lost"), t("member.left")]} onDone={() => revoke(gone)} onClose={() => setGone(null)} />}
    </Screen>
  );
}
