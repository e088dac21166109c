// Start of the app.
import { render } from "preact";
import { App } from "./app";
import { arrive } from "./core/gate";
import { followPushes } from "./core/push";
import { setting } from "./core/people";
import { type Lang, setLang } from "./core/text";
import { watchUpdates } from "./core/updates";

async function start(): Promise<void> {
  const chosen = await setting("lang").catch(() => "");
  setLang((chosen || "vi") as Lang); // many phones here are set to English by their shop
  const root = document.documentElement;
  root.dataset["look"] = (await setting("look").catch(() => "")) || "auto";
  root.dataset["size"] = (await setting("size").catch(() => "")) || "normal";
  render(<App />, document.getElementById("app")!);
  await arrive();
  watchUpdates();
  followPushes();
}

void start();
