// Where a person is signed in; a lost phone is shut out.
import { sentence } from "@banso/kit/api";
import { Button, Note, Sheet, State } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { Loaded } from "../ui/loaded";
import { devices, revoke } from "./api";
import { t, when } from "./text";

export function Devices({ person, name, now, onClose }: { person: string; name: string; now: number; onClose: () => void }) {
  const list = useLoad(() => devices(person), [person]);
  const [bad, setBad] = useState("");
  const end = (id: string): Promise<void> => revoke(id).then(() => list.again(), (e) => setBad(sentence(e)));
  return (
    <Sheet title={t("devices.title", { name })} onClose={onClose}>
      <Loaded of={list} empty={{ when: (v) => v.length === 0, text: t("devices.none"), icon: "off" }}>
        {(all) => (
          <ul class="list">
            {all.map((d) => (
              <li key={d.id} class="row">
                <span class="grow">{d.name || t("devices.nameless")} <span class="small">{t("devices.seen", { time: when(d.last_seen_ms, now) })}</span></span>
                {d.revoked_ms ? <State tone="">{t("devices.ended")}</State> : <Button look="danger" onTap={() => end(d.id)}>{t("devices.revoke")}</Button>}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {bad && <Note tone="bad"><p>{bad}</p></Note>}
      <p class="small">{t("devices.why")}</p>
    </Sheet>
  );
}
