// How far the inputs were read, as one line of status.

import type { CollectProgress } from "../telemetry/collect.ts";
import { formatPercent } from "./render-time.ts";
import { harmless, type StatusLine } from "./terminal.ts";
import { en } from "./words.ts";

export function showReading(status: StatusLine, { path, readBytes, totalBytes }: CollectProgress): void {
  const share = totalBytes === 0 ? null : Math.min(1, readBytes / totalBytes);
  status.update(en.reading(harmless(path), share === null ? "" : ` (${formatPercent(share)})`), share);
}
