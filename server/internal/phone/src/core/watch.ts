// While somebody looks at the app the server tells at once that something of
// theirs has changed: a decision of the chair is not a quarter of an hour old
// when it is read. One request is held open; nothing depends on it.
import { ask } from "@banso/kit/api";
import { type Phone, phone } from "./phone";
import { tokens } from "./session";

const heldMs = 60_000; // the server answers after 50 s at the latest
const retryMs = 30_000;
const spreadMs = 20_000; // news for everybody must not bring everybody at once
const gapMs = 3_000; // between two answers to news: a busy commune is read in gulps

interface News {
  epoch: string;
  scopes: string[];
}

/** watchNews holds the question open while the page is visible; it begins anew after each sync. */
export function watchNews(p: Phone): void {
  let asking: AbortController | null = null;
  let later = 0;
  let told = 0;
  const begin = async (): Promise<void> => {
    asking?.abort();
    clearTimeout(later);
    const mine = (asking = new AbortController());
    const again = (ms: number): void => {
      if (!mine.signal.aborted) later = window.setTimeout(begin, ms);
    };
    const st = await p.engine.status();
    const token = await tokens(p.who.id).token();
    const fit = phone.get() === p && document.visibilityState === "visible" && navigator.onLine;
    if (!fit || !token || !st.epoch || mine.signal.aborted) return;
    const began = performance.now();
    try {
      const r = await ask(`/v1/wait?epoch=${st.epoch}&at=${st.commit}`, { headers: { Authorization: "Bearer " + token }, signal: mine.signal }, heldMs);
      const news = r.ok ? ((await r.json()) as News) : null;
      if (mine.signal.aborted) return;
      if (!news) return again(retryMs);
      if (news.epoch === st.epoch && news.scopes.length === 0) return again(performance.now() - began < retryMs ? retryMs : 0);
      const own = news.scopes.some((s) => s !== "ref");
      later = window.setTimeout(() => p.engine.wake(), own ? Math.max(0, told + gapMs - performance.now()) : Math.random() * spreadMs);
      told = performance.now();
    } catch {
      again(retryMs);
    }
  };
  const safe = (): void => void begin().catch(() => undefined); // the book was closed meanwhile
  const ends = [p.engine.subscribe((c) => c.kind === "sync" && safe())];
  document.addEventListener("visibilitychange", safe);
  ends.push(() => document.removeEventListener("visibilitychange", safe));
  const leave = phone.follow(() => {
    if (phone.get() === p) return;
    asking?.abort();
    clearTimeout(later);
    for (const end of ends) end();
    leave();
  });
}
