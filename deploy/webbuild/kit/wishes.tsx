// What a person wants to hear, when and where: by kind of news and by channel.
// What money and security need always comes to the inbox; the server refuses
// anything else, and nothing else is offered here.
import { useState } from "preact/hooks";
import { ApiError, sentence } from "./api";
import { Button, Chips, Field, Toggle, toast } from "./pieces";
import { type Common, t } from "./words";

type Summary = "weekly" | "monthly";

export interface Prefs {
  no_push?: boolean;
  quiet_from: number;
  quiet_to: number;
  silent?: string[];
  hidden?: string[];
  mail?: string;
  summary?: Summary;
  sms?: string;
  changed_ms?: number;
}

/** Channels that the server has. */
export interface Ways {
  channels: string[];
  mail?: boolean;
}

export const prefsPath = "/v1/me/notifications";
export const waysPath = "/v1/push";

export type Group = "work" | "reminder" | "money" | "security" | "office" | "operation";
type Place = "lock" | "inbox" | "none";

const firm: readonly Group[] = ["money", "security"];
const usual = { from: 21 * 60, to: 7 * 60 }; // the server's

interface Props {
  was: Prefs;
  ways: Ways;
  /** Kinds of news that this person can get. */
  groups: readonly Group[];
  send: (p: Prefs) => Promise<Prefs>;
}

export function WishesForm({ was, ways, groups, send }: Props) {
  const [p, setP] = useState(was);
  const [error, setError] = useState<unknown>();
  const save = async (): Promise<void> => {
    try {
      const { changed_ms: _, ...wish } = p;
      setP(await send(wish));
      setError(undefined);
      toast(t("wish.saved"));
    } catch (e) {
      setError(e);
    }
  };
  const wrong = (field: string): string => (error instanceof ApiError && error.field === field ? error.sentence : "");
  return (
    <>
      <Toggle label={t("wish.push")} on={!p.no_push} onChange={(on) => setP({ ...p, no_push: !on })} />
      <Quiet p={p} onChange={setP} />
      {groups.map((g) => <Kind key={g} group={g} p={p} onChange={setP} />)}
      {ways.mail && <Field label={t("wish.mail")} hint={t("wish.mail_hint")} value={p.mail ?? ""} onInput={(mail) => setP({ ...p, mail: mail.trim() })} error={wrong("mail")} auto="email" />}
      {ways.mail && p.mail && groups.includes("office") && <Figures p={p} onChange={setP} />}
      {ways.channels.includes("sms") && <Field label={t("wish.sms")} hint={t("wish.sms_hint")} value={p.sms ?? ""} onInput={(sms) => setP({ ...p, sms: sms.replace(/\s/g, "") })} error={wrong("sms")} mode="tel" auto="tel" />}
      {error !== undefined && !wrong("mail") && !wrong("sms") && <p class="error" role="alert">{sentence(error)}</p>}
      <Button look="main" icon="check" onTap={save}>{t("wish.save")}</Button>
    </>
  );
}

type Part = { p: Prefs; onChange: (p: Prefs) => void };

/** Quiet are the hours in which only what is urgent rings. */
function Quiet({ p, onChange }: Part) {
  const on = p.quiet_from !== p.quiet_to;
  const turn = (yes: boolean): void => onChange({ ...p, quiet_from: yes ? usual.from : 0, quiet_to: yes ? usual.to : 0 });
  return (
    <div>
      <Toggle label={t("wish.quiet")} on={on} onChange={turn} />
      {on && (
        <div class="row">
          <Field label={t("wish.from")} type="time" value={clock(p.quiet_from)} onInput={(v) => v && onChange({ ...p, quiet_from: minutes(v) })} />
          <Field label={t("wish.to")} type="time" value={clock(p.quiet_to)} onInput={(v) => v && onChange({ ...p, quiet_to: minutes(v) })} />
        </div>
      )}
      <p class="small">{t("wish.quiet_hint")}</p>
    </div>
  );
}

/** Kind is where one kind of news may show. */
function Kind({ group, p, onChange }: Part & { group: Group }) {
  const places: Place[] = firm.includes(group) ? ["lock", "inbox"] : ["lock", "inbox", "none"];
  const at: Place = p.hidden?.includes(group) ? "none" : p.silent?.includes(group) ? "inbox" : "lock";
  const others = (list: string[] | undefined): string[] => (list ?? []).filter((g) => g !== group);
  const choose = (to: Place): void =>
    onChange({ ...p, silent: [...others(p.silent), ...(to === "inbox" ? [group] : [])], hidden: [...others(p.hidden), ...(to === "none" ? [group] : [])] });
  const name = t(`wish.of.${group}` as Common);
  return (
    <section data-group={group}>
      <h3>{name}</h3>
      <p class="small">{t(`wish.what.${group}` as Common)}{firm.includes(group) && " " + t("wish.firm")}</p>
      <Chips even label={name} options={places.map((v) => ({ value: v, text: t(`wish.at.${v}` as Common) }))} chosen={[at]} onChoose={choose} />
    </section>
  );
}

const often = ["none", "weekly", "monthly"] as const;

/** Figures is how often an officer gets the figures by letter. */
function Figures({ p, onChange }: Part) {
  const choose = (o: (typeof often)[number]): void => {
    const { summary: _, ...rest } = p;
    onChange(o === "none" ? rest : { ...rest, summary: o });
  };
  return (
    <div class="field">
      <span>{t("wish.summary")}</span>
      <Chips label={t("wish.summary")} options={often.map((o) => ({ value: o, text: t(`wish.summary.${o}`) }))} chosen={[p.summary ?? "none"]} onChoose={choose} />
    </div>
  );
}

const clock = (m: number): string => [Math.floor(m / 60), m % 60].map((n) => String(n).padStart(2, "0")).join(":");

function minutes(text: string): number {
  const [h, m] = text.split(":").map(Number);
  return h! * 60 + m!;
}
