// The four states that every view has besides showing what it is for.
import { ApiError, sentence } from "@banso/kit/api";
import { Button, Note } from "@banso/kit/pieces";
import { Icon, type IconName } from "@banso/kit/icons";
import type { ComponentChildren } from "preact";
import type { Load } from "../core/load";
import { t, when } from "../core/text";

interface Props<T> {
  of: Load<T>;
  /** What to say where there is nothing; undefined: the value is never empty. */
  empty?: { when: (value: T) => boolean; text: string; icon?: IconName };
  children: (value: T) => ComponentChildren;
}

/** Loaded draws what was read. What was read before a failure stays, and says how old it is. */
export function Loaded<T>({ of, empty, children }: Props<T>) {
  if (of.value === undefined) return of.error === undefined ? <Waiting /> : <Failed error={of.error} again={of.again} />;
  return (
    <>
      {of.error !== undefined && <Failed error={of.error} again={of.again} since={of.atMs} />}
      {empty?.when(of.value) ? <Empty text={empty.text} icon={empty.icon ?? "check"} /> : children(of.value)}
    </>
  );
}

/** Waiting appears only if it takes a moment. */
export function Waiting() {
  return <p class="waiting" role="status"><span />{t("state.loading")}</p>;
}

export function Empty({ text, icon = "check" }: { text: string; icon?: IconName }) {
  return <div class="empty"><Icon name={icon} /><p>{text}</p></div>;
}

/** Failed says what happened, what to do, and how old what still stands is. */
export function Failed({ error, again, since = 0 }: { error: unknown; again?: () => unknown; since?: number }) {
  const offline = error instanceof ApiError && error.kind === "offline";
  return (
    <Note tone={offline ? "wait" : "bad"}>
      <p>{offline ? t("state.offline") : sentence(error)}</p>
      {since > 0 && <p class="small">{t("state.since", { time: when(since, Date.now()) })}</p>}
      {again && <div><Button icon="sync" onTap={again}>{t("state.again")}</Button></div>}
    </Note>
  );
}
