/** The part of navigator.storage that is needed. */
export interface StorageManagerLike {
  persist?(): Promise<boolean>;
  persisted?(): Promise<boolean>;
  estimate?(): Promise<{ usage?: number; quota?: number }>;
}

export interface StorageState {
  /** The browser has promised not to evict. null: it does not say. */
  persisted: boolean | null;
  /** Bytes; 0: unknown. */
  usage: number;
  quota: number;
  /** ok; low: say it and offer to send and delete photos; full: the next photo may not fit. */
  level: "ok" | "low" | "full";
}

/** Room that must be left: below lowBytes a person is warned, below fullBytes no photo is taken. */
export const lowBytes = 64 << 20;
export const fullBytes = 8 << 20;

/** Asks for lasting storage, best after something was saved. false: may be evicted when the phone runs full. */
export async function askPersistence(s: StorageManagerLike | undefined): Promise<boolean> {
  try {
    return (await s?.persisted?.()) || (await s?.persist?.()) || false;
  } catch {
    return false;
  }
}

/** How full the storage is. Never rejects: a browser that does not say leaves zeros. */
export async function storageState(s: StorageManagerLike | undefined): Promise<StorageState> {
  const out: StorageState = { persisted: null, usage: 0, quota: 0, level: "ok" };
  try {
    out.persisted = (await s?.persisted?.()) ?? null;
    const e = await s?.estimate?.();
    out.usage = e?.usage ?? 0;
    out.quota = e?.quota ?? 0;
  } catch {
    return out;
  }
  const left = out.quota - out.usage;
  if (out.quota > 0) out.level = left < fullBytes ? "full" : left < lowBytes ? "low" : "ok";
  return out;
}
