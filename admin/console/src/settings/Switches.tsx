// What the province may switch off, and what that means.
import { Button, Card, Field, State, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { get, send } from "../core/server";
import { useTrouble } from "../month/trouble";
import { Loaded } from "../ui/loaded";
import { day, t } from "./text";

interface Switch {
  name: "letters" | "tokens" | "position";
  off?: boolean;
  from?: string;
}

export function Switches({ today, keeps }: { today: string; keeps: boolean }) {
  const all = useLoad(() => get<{ switches: Switch[] }>("/v1/switches"), []);
  const [from, setFrom] = useState(today);
  const [trouble, guard] = useTrouble();
  const turn = (x: Switch, off: boolean, from: string) => guard(async () => {
    await send("POST", `/v1/switches/${x.name}`, { off, from });
    toast(t("switches.done"));
    await all.again();
  });
  return (
    <Card title={t("switches.title")}>
      <p>{t("switches.why")}</p>
      {keeps && <Field label={t("switches.from")} type="date" value={from} onInput={setFrom} />}
      {trouble}
      <Loaded of={all}>
        {({ switches }) => (
          <ul class="jobs">
            {switches.map((x) => {
              const soon = (x.from ?? "") > today, off = !!x.off !== soon, name = t(`switch.${x.name}`);
              const what = soon ? t("switches.keep") : t(off ? "switches.turn_on" : "switches.turn_off");
              return (
                <li key={x.name} class="row">
                  <div class="grow"><strong>{name}</strong><span class="small">{t(`switch.${x.name}.off`)}</span></div>
                  <State tone={soon ? "wait" : off ? "" : "good"}>{soon ? t(x.off ? "switches.soon_off" : "switches.soon_on", { day: day(x.from!) }) : t(off ? "switches.is_off" : "switches.on")}</State>
                  {keeps && <Button label={t("switches.turn", { what, name })} onTap={soon ? turn(x, off, today) : turn(x, !off, from)}>{what}</Button>}
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
