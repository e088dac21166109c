// One's own account: who one is here and where one is signed in.
import { Button, Card, Fact, State, toast } from "@banso/kit/pieces";
import { useLoad } from "../core/load";
import { grantsNow, hasRole } from "../core/me";
import { get, send } from "../core/server";
import { t, when } from "../core/text";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { Wishes } from "../notices/Wishes";
import { Linked } from "./Linked";
import { Passkeys } from "./Passkeys";
import { Password } from "./Password";
import { Restore } from "./Restore";
import { Second } from "./Second";

interface Device {
  id: string;
  name: string;
  last_seen_ms: number;
  revoked_ms?: number;
}

export default function Account({ me }: ScreenProps) {
  const list = useLoad(() => get<{ devices: Device[] }>("/v1/devices"), []);
  const end = async (d: Device): Promise<void> => {
    await send("POST", `/v1/devices/${d.id}/revoke`);
    toast(t("account.ended"));
    await list.again();
  };
  return (
    <>
      <h1>{t("screen.account")}</h1>
      <Card title={me.name}>
        <dl>{grantsNow(me).map((g) => <Fact key={g.role + (g.unit ?? g.team ?? "")} name={t(`role.${g.role}`)} value={g.to ? t("account.until", { day: g.to }) : ""} />)}</dl>
      </Card>
      <Password />
      <Second />
      <Passkeys me={me} />
      <Linked me={me} />
      {hasRole(me, ["province_admin", "system_admin"]) && <Restore me={me} />}
      <Wishes />
      <Card title={t("account.devices")}>
        <Loaded of={list}>
          {({ devices }) => (
            <ul class="list">
              {devices.filter((d) => !d.revoked_ms).sort((a, b) => b.last_seen_ms - a.last_seen_ms).map((d) => (
                <li key={d.id} class="row">
                  <span class="grow">{d.name || t("account.nameless")} <span class="small">{when(d.last_seen_ms, me.now_ms)}</span></span>
                  {d.id === me.device ? <State tone="good">{t("account.this")}</State> : <Button look="danger" onTap={() => end(d)}>{t("account.end")}</Button>}
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </Card>
    </>
  );
}
