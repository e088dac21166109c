// The pieces that screens are built of: those shared with the console, and the
// phone's own.
import type { ComponentChildren } from "preact";
import { useEffect, useId } from "preact/hooks";
import { Icon } from "@banso/kit/icons";
import { IconButton } from "@banso/kit/pieces";
import { back } from "@banso/kit/router";
import { t } from "../core/text";

export * from "@banso/kit/pieces";

type Children = { children?: ComponentChildren };

/** Bar is the head of every screen: where one is, and the way back. */
export function Bar({ title, who, home, children }: Children & { title: string; who?: string; home?: boolean }) {
  useEffect(() => {
    document.title = `${title} – ${t("app.name")}`;
  }, [title]);
  return (
    <header class="bar">
      {!home && <IconButton class="back" icon="back" label={t("back")} onTap={back} />}
      <div class="title">
        <h1>{title}</h1>
        {who && <p class="small">{who}</p>}
      </div>
      {children}
    </header>
  );
}

/** Stepper counts by thumb. Empty means "not counted", which is not 0. */
export function Stepper({ label, unit, value, onChange }: { label: string; unit: string; value: number | undefined; onChange: (v: number | undefined) => void }) {
  const id = useId();
  const step = (by: number): void => onChange(value === undefined ? (by > 0 ? 1 : 0) : Math.min(999_999, Math.max(0, value + by)));
  return (
    <div class="stepper">
      <label for={id}>
        {label} <span class="small">({unit})</span>
      </label>
      <button type="button" class="button" aria-label={t("less", { what: label })} onClick={() => step(-1)}>
        <Icon name="minus" />
      </button>
      <input
        id={id} inputMode="numeric" autoComplete="off" placeholder="–" value={value === undefined ? "" : String(value)}
        onInput={(e) => {
          const digits = e.currentTarget.value.replace(/\D/g, "").slice(0, 6);
          e.currentTarget.value = digits;
          onChange(digits === "" ? undefined : Number(digits));
        }}
      />
      <button type="button" class="button" aria-label={t("more", { what: label })} onClick={() => step(1)}>
        <Icon name="plus" />
      </button>
    </div>
  );
}
