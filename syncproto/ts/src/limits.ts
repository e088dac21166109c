/** Limits of the wire, SPEC.md section 18; a test compares them with the Go engine's. */
export const limits = {
  MaxMutationBytes: 16384,
  MaxMutationsPerPush: 200,
  MaxRequestBytes: 262144,
  MaxRequestBytesInflated: 2097152,
  MaxChangesPerResponse: 500,
  MaxResponseBytes: 524288,
  MaxScopesPerRequest: 100,
  MaxPhotoBytes: 2097152,
  MaxDepth: 6,
  MaxSafeInt: 9007199254740991,
  GzipFrom: 512,
  TombstoneDays: 400,
  LeaverDays: 90,
  DuplicateWindow: 10,
} as const;

/** A difference of sums that stays is reported, not retried, for so many days. */
export const retryDays = 1;
export const protoVersion = 1;
export const schemaVersion = 1;
