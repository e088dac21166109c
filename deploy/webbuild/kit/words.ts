// Words, numbers and days as people read them, for the phone and the console.
// What both say stands in strings/ here; each app has the rest in a strings/ of
// its own. A Go test compares the languages and looks for texts anywhere else.
import { Cell } from "./cell";
import en from "./strings/en.json";
import vi from "./strings/vi.json";

export type Common = keyof typeof vi;
export type Lang = "vi" | "en";
export type Values = Record<string, string | number>;

export const lang = new Cell<Lang>("vi");

/** setLang changes the language of everything on screen. */
export function setLang(to: Lang): void {
  lang.set(to);
  document.documentElement.lang = to;
}

/** translator gives an app its t: the text of a name, its own or a common one,
 * in which {x} is replaced by values.x; known says whether there is such a text. */
export function translator<K extends string>(ownVi: Record<K, string>, ownEn: Record<K, string>) {
  const texts = { vi: { ...vi, ...ownVi } as Record<string, string>, en: { ...en, ...ownEn } as Record<string, string> };
  return {
    t(key: K | Common, values: Values = {}): string {
      return texts[lang.get()][key]!.replace(/\{(\w+)\}/g, (_, name: string) => {
        const v = values[name];
        return typeof v === "number" ? count(v) : (v ?? "");
      });
    },
    known: (key: string): key is K | Common => key in texts.vi,
  };
}

/** t is the text of a common name. */
export const { t, known } = translator<never>({}, {});

/** both chooses among texts that came from the server in two languages. */
export function both(viText: string | undefined, enText: string | undefined): string {
  return (lang.get() === "vi" ? viText || enText : enText || viText) ?? "";
}

const locale = () => (lang.get() === "vi" ? "vi-VN" : "en-GB");

/** count writes a whole number: 2.698.500 (vi), 2,698,500 (en). */
export function count(n: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(n);
}

/** money writes đồng. */
export function money(vnd: number): string {
  return t("money", { n: vnd });
}

/** bytes writes a size: 12 KB, 3 MB. */
export function bytes(n: number): string {
  return n < 1_000_000 ? `${count(Math.ceil(n / 1000))} KB` : `${count(Math.round(n / 1_000_000))} MB`;
}

/** day writes yyyy-mm-dd as dd/MM/yyyy. */
export function day(date: string): string {
  return date.length === 10 ? `${date.slice(8)}/${date.slice(5, 7)}/${date.slice(0, 4)}` : date;
}

/** month writes yyyy-mm: tháng 6/2023. */
export function month(m: string): string {
  return t("month", { month: String(Number(m.slice(5))), year: m.slice(0, 4) });
}

/** monthShort writes yyyy-mm as 6/2023. */
export function monthShort(m: string): string {
  return `${Number(m.slice(5))}/${m.slice(0, 4)}`;
}

/** weekday writes the day of the week of yyyy-mm-dd. */
export function weekday(date: string): string {
  return new Intl.DateTimeFormat(locale(), { weekday: "long", timeZone: "UTC" }).format(new Date(date + "T00:00:00Z"));
}

const hours7 = 7 * 3600 * 1000;

/** dayOf is the day in Vietnam (UTC+7) of a time in ms. */
export function dayOf(ms: number): string {
  return new Date(ms + hours7).toISOString().slice(0, 10);
}

/** addDays moves a day. */
export function addDays(date: string, n: number): string {
  return new Date(Date.parse(date + "T00:00:00Z") + n * 86_400_000).toISOString().slice(0, 10);
}

/** addMonths moves a month yyyy-mm. */
export function addMonths(m: string, n: number): string {
  const k = Number(m.slice(0, 4)) * 12 + Number(m.slice(5)) - 1 + n;
  return `${Math.floor(k / 12)}-${String((k % 12) + 1).padStart(2, "0")}`;
}

/** when writes a time in ms: 10:42 today, 10:42 12/06/2023 otherwise. */
export function when(ms: number, now: number): string {
  const at = new Date(ms + hours7).toISOString();
  const clock = at.slice(11, 16);
  return dayOf(ms) === dayOf(now) ? clock : `${clock} ${day(at.slice(0, 10))}`;
}

/** span writes a duration in words, roughly. */
export function span(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes < 90) return t("span.minutes", { n: minutes });
  if (minutes < 48 * 60) return t("span.hours", { n: Math.round(minutes / 60) });
  return t("span.days", { n: Math.round(minutes / 1440) });
}

/** plain is a text without accents, case and punctuation, so that a person
 * finds "Hỗ trợ nộp hồ sơ" by typing "ho so". */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/đ/g, "d")
    .replace(/y/g, "i")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
