// Documents: looked at in another tab, or kept as a file.
import { Button } from "@banso/kit/pieces";
import { file, save } from "../core/server";
import { t } from "./text";
import { useTrouble } from "./trouble";

interface Props {
  /** The address without format. */
  path: string;
  name: string;
  /** How the document is called. */
  title: string;
}

/** Paper offers one document: to look at, as PDF, as a workbook. */
export function Paper({ path, name, title }: Props) {
  const [trouble, guard] = useTrouble();
  const at = (format: string): string => `${path}${path.includes("?") ? "&" : "?"}format=${format}`;
  const look = async (): Promise<void> => {
    const tab = open("", "_blank");
    const url = URL.createObjectURL(await file(at("pdf")));
    if (tab) tab.location.href = url;
    else location.href = url;
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  return (
    <div class="row paper">
      <span class="grow">{title}</span>
      <Button icon="paper" label={t("paper.look", { title })} onTap={guard(look)}>{t("look")}</Button>
      {(["pdf", "xlsx"] as const).map((f) => (
        <Button key={f} look="plain" label={t("paper.save", { title, format: f.toUpperCase() })} onTap={guard(() => save(at(f), `${name}.${f}`))}>{f.toUpperCase()}</Button>
      ))}
      {trouble}
    </div>
  );
}
