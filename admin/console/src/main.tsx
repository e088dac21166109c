// Start of the console.
import { type Lang, setLang } from "@banso/kit/words";
import { render } from "preact";
import { App } from "./app";
import { kept } from "./core/prefs";
import { comeBack } from "./core/province";
import { arrive } from "./core/session";
import { settle } from "./screens/Returned";

setLang(kept("lang", "vi") as Lang);
document.documentElement.dataset["look"] = kept("look", "auto");
const link = comeBack();
render(<App />, document.getElementById("app")!);
void arrive().then(() => settle(link));
