// How photos are shown: small pictures, each with its honest state.
import { useEffect, useState } from "preact/hooks";
import { useLive } from "../core/live";
import { type Photo, photoStates, thumbOf } from "../core/photos";
import { distantThumb } from "../core/uploads";
import { phone } from "../core/phone";
import { t } from "../core/text";
import { State } from "./kit";

const shas = (evidence: string[]): string[] => evidence.filter((e) => e.startsWith("photo:")).map((e) => e.slice(6));

/** photoText is the state of one photo in words. */
export function photoText(p: Photo): string {
  return p.state === "sending" ? t("photo.sending", { percent: String(p.percent) }) : t(`photo.${p.state}`);
}

/** PhotoWord says in a list how the photos of an entry stand. */
export function PhotoWord({ evidence, held }: { evidence: string[]; held: string[] }) {
  const list = useLive((p) => photoStates(p, shas(evidence), held), [evidence, held]);
  if (!list || list.length === 0) return null;
  const open = list.find((x) => x.state === "failed") ?? list.find((x) => x.state === "sending") ?? list.find((x) => x.state === "waiting" || x.state === "other");
  const worst = open ?? list[0]!;
  const n = list.length > 1 ? `${list.length} ` : "";
  return <State tone={worst.state === "failed" ? "bad" : open ? "wait" : "good"} icon="camera">{n + photoText(worst)}</State>;
}

/** PhotoGrid shows them; remove is given where the entry may still change. */
export function PhotoGrid({ evidence, held, remove }: { evidence: string[]; held: string[]; remove?: (sha: string) => void }) {
  const list = useLive((p) => photoStates(p, shas(evidence), held), [evidence, held]);
  if (!list || list.length === 0) return null;
  return (
    <div class="photos">
      {list.map((x, i) => (
        <figure key={x.sha}>
          <Thumb sha={x.sha} alt={t("photo.alt", { n: i + 1 })} />
          <figcaption>
            {photoText(x)}
            {remove && (
              <button type="button" class="chip" onClick={() => remove(x.sha)}>
                {t("photo.remove")}
              </button>
            )}
          </figcaption>
        </figure>
      ))}
    </div>
  );
}

function Thumb({ sha, alt }: { sha: string; alt: string }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    let made = "";
    let alive = true;
    const p = phone.get();
    if (p) {
      void thumbOf(p, sha).then((blob) => blob ?? distantThumb(p.who.id, sha)).then((blob) => {
        if (!alive || !blob) return;
        setUrl((made = URL.createObjectURL(blob)));
      });
    }
    return () => {
      alive = false;
      if (made) URL.revokeObjectURL(made);
    };
  }, [sha]);
  return url ? <img src={url} alt={alt} /> : <span class="small">{t("photo.elsewhere")}</span>;
}
