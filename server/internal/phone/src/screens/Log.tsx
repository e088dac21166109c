// Writing down an activity. A kind that was logged before is one tap; day and
// person are filled in; a count and "save" make four.
import { useEffect, useRef, useState } from "preact/hooks";
import { readKinds } from "../core/catalogue";
import { type Kind, groupName, kindName, matches, offered } from "@banso/kit/kinds";
import { useCell } from "@banso/kit/cell";
import { type Draft, dropDraft, newDraft, readDraft, writeDraft } from "../core/drafts";
import { useLive } from "../core/live";
import { empty, recentKinds, store, takeBack } from "../core/logging";
import { type Me, type Team, useMe } from "../core/me";
import { phone } from "../core/phone";
import { t } from "../core/text";
import { Button, Chips, Field, Note, toast } from "../ui/kit";
import { Picture } from "../ui/pictures";
import { go, href, route } from "@banso/kit/router";
import { Screen } from "../ui/shell";
import { LogForm } from "./LogForm";
import { RefusedError } from "@banso/sync";

/** Log chooses the kind; LogFormPage fills the form. */
export function Log() {
  const me = useMe();
  const kinds = useLive(readKinds);
  const [team, setTeam] = useState("");
  const mine = me?.teams.filter((x) => x.role !== "") ?? []; // who has left a team still reads it
  if (!me || !kinds) return <Screen title={t("log.title")} home><p class="soft">{t("reading")}</p></Screen>;
  const id = team || mine[0]?.id;
  if (!id) return <Screen title={t("log.title")} home><Note><p>{t("home.no_team")}</p></Note></Screen>;
  return <Kinds me={me} teams={mine} kinds={kinds} team={id} onTeam={setTeam} />;
}

function Kinds({ me, teams, kinds, team, onTeam }: { me: Me; teams: Team[]; kinds: Kind[]; team: string; onTeam: (id: string) => void }) {
  const [typed, setTyped] = useState("");
  const recent = useLive((p) => recentKinds(p, team, me.month), [team, me.month]) ?? [];
  const half = useLive(async (p) => (await readDraft(p, newDraft)) ?? null);
  const choose = async (code: string): Promise<void> => {
    const p = phone.get()!;
    const before = await readDraft(p, newDraft);
    await writeDraft(p, newDraft, empty(p, team, me.today, code));
    if (before) {
      toast(t("log.replaced", { kind: kindName(before.content.category, byCode(before.content.category)) }), t("undo"), async () => {
        await writeDraft(p, newDraft, before);
        go(href("log"), true); // which offers to go on with it
      });
    }
    go(href("log", "form"));
  };
  const now = kinds.filter((k) => offered(k, me.today));
  const found = now.filter((k) => matches(k, typed));
  const groups = [...new Set(found.map((k) => k.group))];
  const byCode = (code: string): Kind | undefined => kinds.find((k) => k.code === code);
  return (
    <Screen title={t("log.title")} home>
      {half && (
        <Note tone="wait">
          <p>{t("log.half", { kind: kindName(half.content.category, byCode(half.content.category)) })}</p>
          <div class="row">
            <Button look="main" onTap={() => go(href("log", "form"))}>{t("log.go_on")}</Button>
            <Button onTap={() => dropDraft(phone.get()!, newDraft)}>{t("log.drop")}</Button>
          </div>
        </Note>
      )}
      {teams.length > 1 && <Chips label={t("team")} options={teams.map((x) => ({ value: x.id, text: x.name }))} chosen={[team]} onChoose={onTeam} />}
      {recent.length > 0 && !typed && <Group name={t("log.recent")} kinds={recent.map(byCode).filter((k): k is Kind => !!k && now.includes(k))} onChoose={choose} />}
      <Field label={t("log.search")} hint={t("log.search_hint")} value={typed} onInput={setTyped} mode="search" />
      {groups.map((g) => <Group key={g} name={groupName(g)} kinds={found.filter((k) => k.group === g)} onChoose={choose} />)}
      {found.length === 0 && <Note><p>{t("log.none_found")}</p></Note>}
    </Screen>
  );
}

function Group({ name, kinds, onChoose }: { name: string; kinds: Kind[]; onChoose: (code: string) => void }) {
  return (
    <section>
      <h2>{name}</h2>
      <div class="kinds">
        {kinds.map((k) => (
          <button type="button" key={k.code} data-kind={k.code} onClick={() => onChoose(k.code)}>
            <Picture kind={k.code} />
            <span>{kindName(k.code, k)}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

/** LogFormPage is the form over a draft: the new one, or a change of an entry. */
export function LogFormPage() {
  const name = useCell(route).query.get("draft") ?? newDraft;
  const me = useMe();
  const kinds = useLive(readKinds);
  const [draft, setDraft] = useState<Draft | null | undefined>();
  const saved = useRef(false);
  useEffect(() => {
    const p = phone.get();
    if (p) void readDraft(p, name).then((d) => setDraft(d ?? null));
  }, [name]);
  useEffect(() => {
    if (draft === null && !saved.current) go(href("log"), true);
  }, [draft]);
  if (!me || !kinds || !draft) return <Screen title={t("log.title")} doors={false}><p class="soft">{t("reading")}</p></Screen>;
  const kind = kinds.find((k) => k.code === draft.content.category);
  const change = (content: Draft["content"]): void => {
    const next = { ...draft, content };
    setDraft(next);
    void writeDraft(phone.get()!, name, next);
  };
  const save = async (): Promise<string> => {
    const p = phone.get()!;
    try {
      await store(p, draft, name);
    } catch (e) {
      return t(e instanceof RefusedError ? (e.code === "too_large" ? "log.too_large" : "log.invalid") : "log.not_saved");
    }
    saved.current = true;
    const undo = async (): Promise<void> => {
      await takeBack(p, draft.id);
      await writeDraft(p, newDraft, { ...draft, id: p.engine.newID() });
      go(href("log", "form"));
    };
    if (draft.edit) toast(t("log.changed"));
    else toast(t(p.practice ? "log.saved_practice" : "log.saved"), t("undo"), undo);
    go(draft.edit ? href("entry", draft.id) : "#/", true);
    return "";
  };
  const title = kindName(draft.content.category, kind);
  return (
    <Screen title={t(draft.edit ? "log.edit" : "log.title")} doors={false}>
      <div class="row">
        <Picture kind={draft.content.category} />
        <div class="grow">
          <h2>{title}</h2>
          {kind && kind.name !== title && <p class="small">{kind.name}</p>}
        </div>
      </div>
      <LogForm draft={draft} kind={kind} me={me} onChange={change} onSave={save} />
    </Screen>
  );
}
