// Writing to teams: to whom, what, when; how many it would reach before it goes.
import { ApiError, sentence } from "@banso/kit/api";
import { href, go } from "@banso/kit/router";
import { Button, Card, Chips, Field, Note, toast } from "@banso/kit/pieces";
import { useState } from "preact/hooks";
import { useLoad } from "../core/load";
import { deciders, hasRole, unitsOf } from "../core/me";
import { send } from "../core/server";
import type { ScreenProps } from "../screens";
import { Loaded } from "../ui/loaded";
import { type Announce, type Announced, type Kind, type To, communes, newKey } from "./api";
import { Places } from "./Places";
import { addDays, addMonths, day, month, t } from "./text";

const kinds: Kind[] = ["announcement", "task"];
const tos: To[] = ["all", "silent", "missing"];

interface Form {
  kind: Kind;
  title: string;
  text: string;
  titleEn: string;
  textEn: string;
  to: To;
  month: string;
  at: string;
  until: string;
  /** The province picks communes; otherwise all of them. */
  some: boolean;
  units: string[];
}

export function Compose({ me }: ScreenProps) {
  const province = hasRole(me, ["province_admin"]);
  const own = unitsOf(me, deciders);
  const places = useLoad(communes, []);
  const [key] = useState(newKey);
  const [form, setForm] = useState<Form>({ kind: "announcement", title: "", text: "", titleEn: "", textEn: "", to: "all", month: me.today.slice(0, 7), at: "", until: "", some: !province, units: province ? [] : own });
  const [reach, setReach] = useState<Announced>();
  const [error, setError] = useState<unknown>();
  const set = (part: Partial<Form>): void => {
    setForm({ ...form, ...part });
    setReach(undefined);
    setError(undefined);
  };
  const ask = async (dry: boolean): Promise<void> => {
    try {
      const a = await send<Announced>("POST", "/v1/announcements", wire(form, key, dry));
      if (dry) return setReach(a);
      toast(t(form.at ? "compose.planned" : "compose.sent", { teams: a.teams }));
      go(href("notices"));
    } catch (e) {
      setError(e);
    }
  };
  const wrong = (...fields: string[]): string => (error instanceof ApiError && fields.includes(error.field) ? error.sentence : "");
  return (
    <>
      <p><a href={href("notices")}>{t("compose.back")}</a></p>
      <h1>{t("notices.write")}</h1>
      <Card title={t("compose.what")}>
        <Chips label={t("compose.what")} options={kinds.map((k) => ({ value: k, text: t(`kind.${k}`) }))} chosen={[form.kind]} onChoose={(kind) => set({ kind })} />
        <Field label={t("compose.title")} value={form.title} onInput={(title) => set({ title })} max={120} error={wrong("title")} />
        <Field label={t("compose.text")} value={form.text} onInput={(text) => set({ text })} lines max={1000} hint={t("compose.text_hint")} error={wrong("text")} />
        <details>
          <summary>{t("compose.english")}</summary>
          <Field label={t("compose.title_en")} value={form.titleEn} onInput={(titleEn) => set({ titleEn })} max={120} error={wrong("title_en")} />
          <Field label={t("compose.text_en")} value={form.textEn} onInput={(textEn) => set({ textEn })} lines max={1000} error={wrong("text_en")} />
        </details>
      </Card>
      <Card title={t("compose.whom")}>
        <Loaded of={places}>{(all) => <Places all={all} own={province ? [] : own} some={form.some} chosen={form.units} onChoose={(some, units) => set({ some, units })} />}</Loaded>
        <Chips label={t("compose.whom")} options={tos.map((v) => ({ value: v, text: t(`to.${v}`) }))} chosen={[form.to]} onChoose={(to) => set({ to })} />
        {form.to !== "all" && <Chips label={t("compose.month")} options={[-2, -1, 0].map((n) => addMonths(me.today.slice(0, 7), n)).map((m) => ({ value: m, text: month(m) }))} chosen={[form.month]} onChoose={(m) => set({ month: m })} />}
      </Card>
      <Card title={t("compose.when")}>
        <div class="sides">
          <Field label={t("compose.at")} type="date" value={form.at} onInput={(at) => set({ at })} hint={t("compose.at_hint")} error={wrong("at_ms")} />
          <Field label={t("compose.until")} type="date" value={form.until} onInput={(until) => set({ until })} hint={t("compose.until_hint")} error={wrong("until_ms")} />
        </div>
      </Card>
      {error !== undefined && <Note tone="bad"><p>{sentence(error)}</p></Note>}
      <div class="row says" aria-live="polite">
        {reach ? (
          <>
            <p class="grow">{t(reach.teams > 0 ? "compose.reach" : "compose.nobody", { teams: reach.teams, people: reach.people })}{form.at ? " " + t("compose.leaves", { day: day(form.at) }) : ""}</p>
            {reach.teams > 0 && <Button look="main" icon="send" onTap={() => ask(false)}>{t(form.at ? "compose.plan" : "compose.go", { teams: reach.teams })}</Button>}
          </>
        ) : form.some && form.units.length === 0 ? (
          <p>{t("places.needed")}</p>
        ) : (
          <Button look="main" icon="people" onTap={() => ask(true)}>{t("compose.look")}</Button>
        )}
      </div>
    </>
  );
}

const offset = "+07:00";

/** wire is the form as the server takes it; a day begins at 7 in the morning and ends at its end. */
function wire(f: Form, key: string, dry: boolean): Announce {
  return {
    key, kind: f.kind, title: f.title.trim().normalize("NFC"), text: f.text.trim().normalize("NFC"), to: f.to,
    ...(f.titleEn.trim() && { title_en: f.titleEn.trim().normalize("NFC") }),
    ...(f.textEn.trim() && { text_en: f.textEn.trim().normalize("NFC") }),
    ...(f.units.length > 0 && { units: f.units }),
    ...(f.to !== "all" && { month: f.month }),
    ...(f.at && { at_ms: Date.parse(`${f.at}T07:00:00${offset}`) }),
    ...(f.until && { until_ms: Date.parse(`${addDays(f.until, 1)}T00:00:00${offset}`) }),
    ...(dry && { dry_run: true }),
  };
}
