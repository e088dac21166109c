// The wall screen: one thing at a time, large, the next after a while. Any key
// but the arrows, or the button, ends it.
import { Button } from "@banso/kit/pieces";
import { when } from "@banso/kit/words";
import { useEffect, useState } from "preact/hooks";
import { type Board, type Metric, rangeName } from "./data";
import { Funnel } from "./Funnel";
import { CommuneMap } from "./Map";
import { SilentTeams } from "./Side";
import { t } from "./text";
import { Tiles } from "./Tiles";
import { Trend } from "./Trend";

export const paneMs = 20_000;

export function Wall({ board, checkedMs, metric, onEnd }: { board: Board; checkedMs: number; metric: Metric; onEnd: () => void }) {
  const [at, setAt] = useState(0);
  const panes = [
    <Tiles board={board} onOpen={onEnd} />,
    <Trend board={board} metric={metric} />,
    <CommuneMap board={board} metric={metric} onOpen={onEnd} />,
    <Funnel board={board} />,
    <SilentTeams board={board} />,
  ];
  const turn = (by: number): void => setAt((n) => (n + by + panes.length) % panes.length);
  useEffect(() => {
    document.documentElement.dataset["wall"] = "1";
    const keys = (e: KeyboardEvent): void => {
      if (e.key === "ArrowRight") turn(1);
      else if (e.key === "ArrowLeft") turn(-1);
      else if (e.key === "Escape") onEnd();
    };
    addEventListener("keydown", keys);
    return () => {
      delete document.documentElement.dataset["wall"];
      removeEventListener("keydown", keys);
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => turn(1), paneMs);
    return () => clearTimeout(timer);
  }, [at]);
  return (
    <div class="wall" data-pane={at}>
      <header>
        <h1 class="grow">{t("title", { place: t("place.all") })}</h1>
        <p>{t("as_of", { range: rangeName(board), time: when(board.as_of_ms, 0), seen: when(checkedMs, Date.now()) })}</p>
        <p class="dots" aria-hidden="true">{panes.map((_, i) => <span key={i} class={i === at ? "on" : ""} />)}</p>
        <Button onTap={() => document.documentElement.requestFullscreen?.()}>{t("wall.full")}</Button>
        <Button onTap={onEnd}>{t("wall.end")}</Button>
      </header>
      <div class="pane" key={at}>{panes[at]}</div>
    </div>
  );
}
