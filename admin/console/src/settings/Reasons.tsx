// The reasons offered to who returns or rejects an entry.
import { Button, Card, Chips, Field, State, toast } from "@banso/kit/pieces";
import { both } from "@banso/kit/words";
import { useState } from "preact/hooks";
import { type ReasonOf, type Reasons as Worded, learnReasons } from "../core/reasons";
import { useLoad } from "../core/load";
import { send } from "../core/server";
import { useTrouble } from "../month/trouble";
import { Loaded } from "../ui/loaded";
import { t } from "./text";

const most = 8;

export function Reasons({ keeps }: { keeps: boolean }) {
  const all = useLoad(() => learnReasons(true), []);
  const [of, setOf] = useState<ReasonOf>("return");
  return (
    <Card title={t("reasons.title")}>
      <p>{t("reasons.why")}</p>
      <Chips label={t("reasons.of")} options={[{ value: "return", text: t("reasons.return") }, { value: "reject", text: t("reasons.reject") }]} chosen={[of]} onChoose={setOf} />
      <Loaded of={all}>{(list) => <One key={of + JSON.stringify(list)} of={of} is={list.find((r) => r.of === of)} keeps={keeps} done={all.again} />}</Loaded>
    </Card>
  );
}

function One({ of, is, keeps, done }: { of: ReasonOf; is: Worded | undefined; keeps: boolean; done: () => Promise<void> }) {
  const [rows, setRows] = useState(() => (is?.list ?? []).map((r) => ({ vi: r.vi, en: r.en ?? "" })));
  const [trouble, guard] = useTrouble();
  const shown = rows.length > 0 ? rows : [{ vi: "", en: "" }];
  const change = (i: number, part: Partial<(typeof rows)[number]>): void => setRows(shown.map((r, n) => (n === i ? { ...r, ...part } : r)));
  const list = shown.map((r) => ({ vi: r.vi.trim().normalize("NFC"), en: r.en.trim().normalize("NFC") })).filter((r) => r.vi || r.en);
  const save = (list: { vi: string; en: string }[]) => guard(async () => {
    await send("POST", `/v1/reasons/${of}`, { list: list.map((r) => ({ vi: r.vi, ...(r.en && { en: r.en }) })) });
    toast(t(list.length > 0 ? "reasons.done" : "reasons.default_done"));
    await done();
  });
  return (
    <>
      <p>{is ? <State tone="good">{t("reasons.own")}</State> : <State tone="">{t("reasons.default")}</State>}</p>
      {keeps && shown.map((r, i) => (
        <div key={i} class="days">
          <Field label={t("reasons.vi", { n: i + 1 })} value={r.vi} onInput={(vi) => change(i, { vi })} max={120} />
          <Field label={t("reasons.en", { n: i + 1 })} value={r.en} onInput={(en) => change(i, { en })} max={120} />
        </div>
      ))}
      {!keeps && is && <ul>{is.list.map((r) => <li key={r.vi}>{both(r.vi, r.en || r.vi)}</li>)}</ul>}
      {keeps && list.length > 0 && <div><p class="small">{t("reasons.preview")}</p><div class="chips" aria-hidden="true">{list.map((r, i) => <span key={i} class="chip">{both(r.vi, r.en || r.vi)}</span>)}</div></div>}
      {trouble}
      {keeps && (
        <div class="row">
          {shown.length < most && <Button icon="plus" onTap={() => setRows([...shown, { vi: "", en: "" }])}>{t("reasons.more")}</Button>}
          <Button look="main" onTap={save(list)}>{t("reasons.go")}</Button>
          {is && <Button onTap={save([])}>{t("reasons.back")}</Button>}
        </div>
      )}
    </>
  );
}
