// A flag in words: the evidence that was in force when the threshold was crossed, strongest first. The weights are in likelihood.ts;
// score.ts judges each contact by them, cusum.ts adds up.

import { formatPort } from "../model/port.ts";
import type { DetectorState, Flag } from "./state.ts";

export function becauseOf(state: DetectorState, flag: Flag): string[] {
  const port = formatPort(flag.protocol, flag.port);
  const spanMs = Math.max(0, flag.flaggedMs - flag.onsetMs);
  const span = spanMs < 1_000 ? `${Math.round(spanMs)} ms` : `${(spanMs / 1_000).toFixed(1)} s`;
  const contacts = `${flag.contactsToFlag} new ${flag.contactsToFlag === 1 ? "contact" : "contacts"}`;
  const because = [`${contacts} in ${span}, last on ${port}`];
  if (flag.propagated > 0) because.push(`became a client of ${port} soon after it was called on it`);
  if (flag.exposedBy >= 0) because.push(`reached by the suspect ${state.hosts.format(flag.exposedBy)}`);
  if (flag.failed > 0) because.push(`${flag.failed} of its new contacts unanswered or refused`);
  if (flag.portBreadth >= 3) because.push(`uses about ${Math.round(flag.portBreadth)} different ports`);
  if (flag.isTogether)
    because.push("judged together with a host it called or was called by: the two explain each other");
  because.push(`log-odds ${flag.logOdds.toFixed(1)}, threshold ${state.thresholdNats.toFixed(1)}`);
  return because;
}
