import { useCell } from "@banso/kit/cell";
import { outdated } from "../core/phone";
import { t } from "../core/text";
import { takeUpdate, update } from "../core/updates";
import { Icon } from "@banso/kit/icons";

/** Updates offers a new version in one line; nothing half typed is lost by taking it. */
export function Updates() {
  const waiting = useCell(update);
  const old = useCell(outdated);
  if (!waiting && !old) return null;
  return (
    <div role="status">
      <button type="button" class="line info" onClick={takeUpdate} data-update>
        <Icon name="star" />
        <span>{t(old ? "update.other_tab" : "update.ready")}</span>
      </button>
    </div>
  );
}
