// The pieces that screens of the phone and the console are built of. How they
// look is the business of each app's style.css.
import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useId, useRef, useState } from "preact/hooks";
import { Cell, useCell } from "./cell";
import { Icon, type IconName } from "./icons";
import { t } from "./words";

export type Tone = "good" | "wait" | "bad" | "info" | "";

type Children = { children?: ComponentChildren };

interface ButtonProps extends Children {
  /** what a tap does; the button of a Form needs none */
  onTap?: () => unknown;
  icon?: IconName;
  look?: "main" | "danger" | "good" | "plain" | "";
  wide?: boolean;
  label?: string;
  busy?: boolean;
  /** it sends the Form that it is in */
  submits?: boolean;
}

/** Button ignores taps while what it began is not done. */
export function Button({ onTap, icon, look = "", wide, label, busy, submits, children }: ButtonProps) {
  const [working, setWorking] = useState(false);
  const sending = useContext(Sending);
  const off = busy || working || (submits && sending);
  const tap = async (): Promise<void> => {
    if (off || !onTap) return;
    setWorking(true);
    try {
      await onTap();
    } finally {
      setWorking(false);
    }
  };
  return (
    <button type={submits ? "submit" : "button"} class={`button ${look} ${wide ? "wide" : ""}`} aria-label={label} aria-disabled={off ? "true" : undefined} onClick={tap}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** whether the form around is at work */
const Sending = createContext(false);

/** Form does its work on Enter in a field and by its own button, and not again before it is done. */
export function Form({ onSubmit, class: cls = "stack", children }: Children & { onSubmit: () => unknown; class?: string }) {
  const [sending, setSending] = useState(false);
  const send = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (sending) return;
    setSending(true);
    try {
      await onSubmit();
    } finally {
      setSending(false);
    }
  };
  return <form class={cls} onSubmit={send}><Sending.Provider value={sending}>{children}</Sending.Provider></form>;
}

/** A button that is only a sign; its name is for screen readers. */
export function IconButton({ icon, label, onTap, class: cls = "" }: { icon: IconName; label: string; onTap: () => void; class?: string }) {
  return (
    <button type="button" class={`icon ${cls}`} aria-label={label} title={label} onClick={onTap}>
      <Icon name={icon} />
    </button>
  );
}

const toneIcons: Record<Tone, IconName> = { good: "check", wait: "clock", bad: "alert", info: "info", "": "info" };

/** State is one word with colour and sign: colour never stands alone. */
export function State({ tone, icon, children }: Children & { tone: Tone; icon?: IconName }) {
  return (
    <span class={`state ${tone}`}>
      <Icon name={icon ?? toneIcons[tone]} />
      {children}
    </span>
  );
}

export function Note({ tone = "info", children }: Children & { tone?: Tone }) {
  return (
    <div class={`note ${tone}`} role={tone === "bad" ? "alert" : undefined}>
      <Icon name={toneIcons[tone]} />
      <div>{children}</div>
    </div>
  );
}

export function Card({ title, children }: Children & { title?: string }) {
  return (
    <section class="card">
      {title && <h2>{title}</h2>}
      {children}
    </section>
  );
}

/** Fact is a name and what it is, inside a dl. */
export function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string;
  error?: string;
  type?: "text" | "password" | "date" | "time" | "month" | "search";
  lines?: boolean;
  class?: string;
  auto?: string;
  mode?: "numeric" | "text" | "search" | "tel";
  max?: number;
  focus?: boolean;
}

/** Field is a line or block of text with its name above. */
export function Field({ label, value, onInput, hint, error, type = "text", lines, class: cls, auto = "off", mode, max, focus }: FieldProps) {
  const id = useId();
  const box = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (focus) box.current?.focus();
  }, [focus]);
  const shared = {
    id, ref: box, value, class: cls, maxLength: max, autoComplete: auto, "aria-describedby": hint || error ? id + "h" : undefined,
    "aria-invalid": error ? ("true" as const) : undefined, onInput: (e: Event) => onInput((e.currentTarget as HTMLInputElement).value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {lines ? <textarea {...shared} /> : <input {...shared} {...({ type, inputMode: mode } as object)} />}
      {(error || hint) && (
        <span id={id + "h"} class={error ? "error" : "small"}>
          {error || hint}
        </span>
      )}
    </div>
  );
}

/** Toggle is one yes or no. */
export function Toggle({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label class="toggle">
      <input type="checkbox" checked={on} onChange={(e) => onChange(e.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

interface ChipsProps<T extends string> {
  label: string;
  options: { value: T; text: string }[];
  chosen: readonly T[];
  onChoose: (value: T) => void;
  /** Of the same length, side by side. */
  even?: boolean;
}

/** Chips are a few choices that all fit on screen. */
export function Chips<T extends string>({ label, options, chosen, onChoose, even }: ChipsProps<T>) {
  return (
    <div class={`chips ${even ? "even" : ""}`} role="group" aria-label={label}>
      {options.map((o) => (
        <button type="button" key={o.value} class="chip" aria-pressed={chosen.includes(o.value)} onClick={() => onChoose(o.value)}>
          {o.text}
        </button>
      ))}
    </div>
  );
}

/** Sheet is a question above everything; the way back closes it. */
export function Sheet({ title, onClose, children }: Children & { title: string; onClose: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => box.current?.showModal(), []);
  return (
    <dialog
      ref={box} class="sheet" aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
      onClick={(e) => e.target === box.current && onClose()}
    >
      <div>
        <div class="row">
          <h2 id={id} class="grow">
            {title}
          </h2>
          <IconButton icon="cross" label={t("close")} onTap={onClose} />
        </div>
        {children}
      </div>
    </dialog>
  );
}

/** Reason asks for a sentence before something is done that somebody must understand later. */
export function Reason({ title, hint, action, look = "danger", onDone, onClose, ready = [] }: {
  title: string; hint: string; action: string; look?: "danger" | "main"; onDone: (reason: string) => unknown; onClose: () => void; ready?: string[];
}) {
  const [text, setText] = useState("");
  const [error, setError] = useState("");
  const done = async (): Promise<void> => {
    if (text.trim() === "") return setError(t("reason.needed"));
    await onDone(text.trim());
    onClose();
  };
  return (
    <Sheet title={title} onClose={onClose}>
      {ready.length > 0 && <Chips label={t("reason.ready")} options={ready.map((r) => ({ value: r, text: r }))} chosen={[text]} onChoose={setText} />}
      <Field label={t("reason")} hint={hint} error={error} value={text} onInput={setText} lines max={500} />
      <Button look={look} wide onTap={done}>
        {action}
      </Button>
    </Sheet>
  );
}

interface ToastShown {
  text: string;
  action?: string;
  onTap?: () => unknown;
}
const toasted = new Cell<ToastShown | null>(null);
let toastTimer = 0;

/** toast tells what a tap did, for ten seconds; an action can take it back. */
export function toast(text: string, action?: string, onTap?: () => unknown): void {
  toasted.set({ text, ...(action && onTap && { action, onTap }) });
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => toasted.set(null), 10_000);
}

/** Toasts shows them; whose is the person they are for. */
export function Toasts({ whose }: { whose: unknown }) {
  const shown = useCell(toasted);
  useEffect(() => toasted.set(null), [whose]); // what one person did is not the next one's
  return (
    <div aria-live="polite" role="status">
      {shown && (
        <div class="toast">
          <span>{shown.text}</span>
          {shown.action && (
            <Button
              onTap={() => {
                toasted.set(null);
                return shown.onTap?.();
              }}
            >
              {shown.action}
            </Button>
          )}
          <IconButton icon="cross" label={t("close")} onTap={() => toasted.set(null)} />
        </div>
      )}
    </div>
  );
}
