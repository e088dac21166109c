// The kinds of activity: which are there, adding one, and ending one.
import { type Kind, groupName, kindName, measureName, offered, unitName } from "@banso/kit/kinds";
import { Button, Card, Chips, Field, Note, Sheet, State, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { type Listed, learnKinds } from "../core/kinds";
import { useLoad } from "../core/load";
import { send } from "../core/server";
import { useTrouble } from "../month/trouble";
import { Loaded } from "../ui/loaded";
import { Add } from "./Add";
import { day, plain, t } from "./text";

const other = "KHAC"; // is always there

export function Kinds({ today, keeps }: { today: string; keeps: boolean }) {
  const all = useLoad(learnKinds, []);
  const [find, setFind] = useState(""), [which, setWhich] = useState<"now" | "all">("now");
  const [ending, setEnding] = useState<Listed | null>(null), [adding, setAdding] = useState<{ replaces: Listed | null } | null>(null);
  const [trouble, guard] = useTrouble();
  const words = plain(find);
  const back = (k: Listed) => guard(async () => {
    await send("POST", `/v1/catalogue/${k.code}/retire`, {});
    toast(t("kinds.back_done"));
    await all.again();
  });
  return (
    <Card title={t("kinds.title")}>
      <p>{t("kinds.why")}</p>
      {trouble}
      <Loaded of={all}>
        {(list) => {
          const shown = list.filter((k) => (which === "all" || !k.until || k.until >= today) && (!words || plain(`${k.name} ${kindName(k.code, k)} ${groupName(k.group)}`).includes(words)));
          return (
            <>
              <div class="row">
                <Chips label={t("kinds.which")} options={[{ value: "now", text: t("kinds.now") }, { value: "all", text: t("kinds.all") }]} chosen={[which]} onChoose={setWhich} />
                {keeps && <Button icon="plus" onTap={() => setAdding({ replaces: null })}>{t("kinds.add")}</Button>}
              </div>
              <Field label={t("kinds.find")} type="search" value={find} onInput={setFind} />
              <div class="table" tabIndex={0} role="region" aria-label={t("kinds.title")}>
                <table>
                  <thead><tr><th scope="col">{t("kinds.name")}</th><th scope="col">{t("kinds.group")}</th><th scope="col">{t("kinds.measures")}</th><th scope="col">{t("kinds.state")}</th>{keeps && <th scope="col">{t("kinds.do")}</th>}</tr></thead>
                  <tbody>
                    {shown.map((k) => (
                      <tr key={k.code}>
                        <td>{kindName(k.code, k)}{kindName(k.code, k) !== k.name && <><br /><span class="small" lang="vi">{k.name}</span></>}</td>
                        <td>{groupName(k.group)}</td>
                        <td class="small">{k.measures.filter((m) => m.unit).map((m) => `${measureName(m)} (${unitName(m.unit)})`).join("; ")}</td>
                        <td><Stand k={k} today={today} /></td>
                        {keeps && (
                          <td>
                            {k.code !== other && (k.until
                              ? <Button label={t("kinds.back_of", { name: kindName(k.code, k) })} onTap={back(k)}>{t("kinds.back")}</Button>
                              : <div class="row acts">
                                  <Button label={t("kinds.replace_of", { name: kindName(k.code, k) })} onTap={() => setAdding({ replaces: k })}>{t("kinds.replace")}</Button>
                                  <Button label={t("kinds.end_of", { name: kindName(k.code, k) })} onTap={() => setEnding(k)}>{t("kinds.end")}</Button>
                                </div>)}
                          </td>
                        )}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              {adding && <Add list={list} today={today} replaces={adding.replaces} onClose={() => setAdding(null)} done={all.again} />}
              {ending && <End k={ending} today={today} onClose={() => setEnding(null)} done={all.again} />}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Stand({ k, today }: { k: Kind; today: string }) {
  if (k.until && k.until < today) return <State tone="">{t("kinds.ended", { day: day(k.until) })}</State>;
  if (k.until) return <State tone="wait">{t("kinds.until", { day: day(k.until) })}</State>;
  return offered(k, today) ? <State tone="good">{t("kinds.used")}</State> : <State tone="info">{t("kinds.from", { day: day(k.from ?? "") })}</State>;
}

function End({ k, today, onClose, done }: { k: Listed; today: string; onClose: () => void; done: () => Promise<void> }) {
  const [until, setUntil] = useState(today);
  const [trouble, guard] = useTrouble();
  const end = guard(async () => {
    await send("POST", `/v1/catalogue/${k.code}/retire`, { until });
    toast(t("kinds.end_done"));
    onClose();
    await done();
  });
  return (
    <Sheet title={t("kinds.end_of", { name: kindName(k.code, k) })} onClose={onClose}>
      <Field label={t("kinds.last")} type="date" value={until} onInput={setUntil} />
      <Note><p>{t("kinds.end_why")}</p></Note>
      {trouble}
      <Button look="danger" wide onTap={end}>{t("kinds.end")}</Button>
    </Sheet>
  );
}
