// Policies that wait for a second person.
import { Button, Card, Reason, Sheet, State, toast } from "@banso/kit/pieces";
import { day, dayOf } from "@banso/kit/words";
import { useState } from "preact/hooks";
import type { Me } from "../core/me";
import { send } from "../core/server";
import { useTrouble } from "../month/trouble";
import { type File, type Proposal, words } from "./data";
import { Says } from "./Plainly";
import { t } from "./text";

export function Proposed({ me, admin, list, again }: { me: Me; admin: boolean; list: Proposal[]; again: () => Promise<void> }) {
  const open = list.filter((p) => p.state === "proposed");
  return open.length === 0 ? null : (
    <Card title={t("waiting")}>
      <ul class="list">{open.map((p) => <One key={p.id} me={me} admin={admin} of={p} again={again} />)}</ul>
    </Card>
  );
}

function One({ me, admin, of: p, again }: { me: Me; admin: boolean; of: Proposal; again: () => Promise<void> }) {
  const [looking, setLooking] = useState(false), [refusing, setRefusing] = useState(false);
  const [trouble, guard] = useTrouble();
  const mine = p.by === me.person, file = JSON.parse(p.file) as File;
  const decide = (decision: string, note = "") => guard(async () => {
    await send("POST", `/v1/policies/proposals/${p.id}/decision`, { decision, ...(note && { note }) });
    toast(t(decision === "approve" ? "published" : "decided"));
    setLooking(false);
    await again();
  });
  return (
    <li>
      <div class="row">
        <span class="grow">{words(file.title)} <span class="small">{t("version", { version: p.version })}, {day(dayOf(p.at_ms))}</span></span>
        <State tone="wait">{t(mine ? "waits.other" : "waits.you")}</State>
        <Button onTap={() => setLooking(true)}>{t("look")}</Button>
      </div>
      {looking && (
        <Sheet title={words(file.title)} onClose={() => setLooking(false)}>
          <div class="month">
            <p>{t("two")}</p>
            <Says of={file} admin={admin} />
            {trouble}
            {admin && (mine
              ? <Button look="danger" wide onTap={decide("withdraw")}>{t("withdraw")}</Button>
              : <>
                  <Button look="main" icon="check" wide onTap={decide("approve")}>{t("approve")}</Button>
                  <Button look="danger" wide onTap={() => setRefusing(true)}>{t("refuse")}</Button>
                </>)}
          </div>
        </Sheet>
      )}
      {refusing && <Reason title={t("refuse")} hint={t("refuse.hint")} action={t("refuse")} onDone={(text) => decide("refuse", text)()} onClose={() => setRefusing(false)} />}
    </li>
  );
}
