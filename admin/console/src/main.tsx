// Start of the console.
import { type Lang, setLang } from "@banso/kit/words";
import { render } from "preact";
import { App } from "./app";
import { kept } from "./core/prefs";
import { arrive } from "./core/session";

setLang(kept("lang", "vi") as Lang);
document.documentElement.dataset["look"] = kept("look", "auto");
render(<App />, document.getElementById("app")!);
void arrive();
