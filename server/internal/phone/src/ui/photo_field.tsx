// Taking photos into a form: from the camera or from the gallery.
import { useRef, useState } from "preact/hooks";
import { PhotoError, addPhoto } from "../core/photos";
import { phone } from "../core/phone";
import { t } from "../core/text";
import { Button } from "./kit";
import { PhotoGrid } from "./photos";

const most = 10;

export function PhotoField({ team, evidence, onChange, hint = t("photo.hint") }: { team: string; evidence: string[]; onChange: (evidence: string[]) => void; hint?: string }) {
  const camera = useRef<HTMLInputElement>(null);
  const gallery = useRef<HTMLInputElement>(null);
  const latest = useRef(evidence);
  latest.current = evidence;
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const take = async (input: HTMLInputElement): Promise<void> => {
    const files = [...(input.files ?? [])];
    input.value = "";
    setError("");
    setBusy(true);
    for (const f of files) {
      if (latest.current.filter((e) => e.startsWith("photo:")).length >= most) {
        setError(t("photo.too_many", { n: most }));
        break;
      }
      try {
        const name = "photo:" + (await addPhoto(phone.get()!, team, f));
        if (!latest.current.includes(name)) {
          latest.current = [...latest.current, name];
          onChange(latest.current);
        }
      } catch (e) {
        setError(t(e instanceof PhotoError ? `photo.error.${e.trouble}` : "photo.error.full"));
      }
    }
    setBusy(false);
  };
  return (
    <>
      <PhotoGrid evidence={evidence} held={[]} remove={(sha) => onChange(evidence.filter((e) => e !== "photo:" + sha))} />
      <div class="row">
        <Button icon="camera" busy={busy} onTap={() => camera.current?.click()}>{t("photo.camera")}</Button>
        <Button icon="gallery" busy={busy} onTap={() => gallery.current?.click()}>{t("photo.gallery")}</Button>
      </div>
      {busy && <p class="small" role="status">{t("photo.working")}</p>}
      {error && <p class="error" role="alert">{error}</p>}
      <p class="small">{hint}</p>
      <input ref={camera} type="file" accept="image/*" capture="environment" hidden data-photo="camera" onChange={(e) => take(e.currentTarget)} />
      <input ref={gallery} type="file" accept="image/*" multiple hidden data-photo="gallery" onChange={(e) => take(e.currentTarget)} />
    </>
  );
}
