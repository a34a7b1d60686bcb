// Further evidence: what other sensors and payloads say. Each kind has a weight and a source; all together can never
// flag a host by themselves, so that an export without payloads leads to the same suspects as the capture.

import type { Observation } from "../model/observation.ts";
import type { NotableKind } from "../model/outbreak.ts";
import type { HostIndex, Millis } from "../model/units.ts";
import { GROUP_LATERAL, NO_SOURCE } from "./sources.ts";
import type { DetectorState } from "./state.ts";
import { testThreshold } from "./suspicion.ts";
import { weigh } from "./cusum.ts";
import { PROTOCOL_TCP } from "../model/flow.ts";

/**
 * Names whose look-up shows a WannaCry-like worm: it asks for one and stops when it is answered (public analyses of May
 * 2017). Watched by telemetry, never blocked by Cordon: blocking them removes the stop.
 */
export const killSwitchNames: ReadonlySet<string> = new Set([
  "iuqerfsodp9ifjaposdfjhgosurijfaewrwergwea.com",
  "www.iuqerfsodp9ifjaposdfjhgosurijfaewrwergwea.com",
  "ifferfsodp9ifjaposdfjhgosurijfaewrwergwea.com",
  "www.ifferfsodp9ifjaposdfjhgosurijfaewrwergwea.com",
  "iuqssfsodp9ifjaposdfjhgosurijfaewrwergwea.com",
  "www.iuqssfsodp9ifjaposdfjhgosurijfaewrwergwea.com",
  "ayylmaotjhsstasdfasdfasdfasdfasdfasdfasdf.com",
  "www.ayylmaotjhsstasdfasdfasdfasdfasdfasdfasdf.com",
]);

/** Further evidence on one host is held to this, nats: well under any threshold. */
const CLUE_TOTAL_MAX = 4;
/** Weights per host and kind, nats, once. Sources: docs/concepts/detection.md, "Further evidence". */
const clueWeights = {
  "name-lookup": 3,
  "smb-probe": 2,
  "remote-execution": 1,
  "share-renames": 2,
  "logon-failed": 1.5,
  "account-locked": 1.5,
  "logon-explicit": 1,
  alert: 1,
} as const;

/** Failed log-ons by one host within the window that make a burst. */
const LOGON_BURST_MIN = 20;
const LOCKOUT_STORM_MIN = 5;
const RENAME_STORM_MIN = 20;
const SPRAY_ACCOUNTS_MIN = 10;

/** What was seen of one kind about one host (and, where it matters, one target). */
export interface Clue {
  readonly host: HostIndex;
  readonly target: HostIndex;
  readonly kind: Observation["kind"];
  readonly detail: string;
  readonly firstMs: Millis;
  lastMs: Millis;
  count: number;
  readonly accounts: Set<number>;
}

const CLUES_MAX = 65_536;
const ACCOUNTS_MAX = 1_000;

/** Gathers observations into clues. Bounded: new clues beyond CLUES_MAX are counted, not kept. */
export class Clues {
  droppedCount = 0;
  readonly #clues = new Map<string, Clue>();
  readonly #weighed = new Map<HostIndex, number>();

  add(state: DetectorState, observation: Observation): void {
    const target = "target" in observation ? observation.target : (-1 as HostIndex);
    const detail = detailOf(observation);
    const keepsTarget = observation.kind !== "logon-failed" && observation.kind !== "logon-explicit";
    const key = `${observation.kind} ${observation.source} ${keepsTarget ? target : ""} ${detail}`;
    let clue = this.#clues.get(key);
    if (clue === undefined) {
      if (this.#clues.size >= CLUES_MAX) {
        this.droppedCount++;
        return;
      }
      const firstMs = observation.atMs;
      clue = {
        host: observation.source,
        target,
        kind: observation.kind,
        detail,
        firstMs,
        lastMs: firstMs,
        count: 0,
        accounts: new Set(),
      };
      this.#clues.set(key, clue);
      state.hosts.pin(observation.source);
    }
    clue.count += observation.kind === "share-renames" ? observation.count : 1;
    clue.lastMs = Math.max(clue.lastMs, observation.atMs);
    if ("accountHash" in observation && clue.accounts.size < ACCOUNTS_MAX) clue.accounts.add(observation.accountHash);
    if (isStrong(clue)) this.#weigh(state, clue, observation.atMs);
  }

  /** All clues, oldest first. */
  list(): Clue[] {
    return [...this.#clues.values()].sort((a, b) => a.firstMs - b.firstMs);
  }

  #weigh(state: DetectorState, clue: Clue, at: Millis): void {
    const weighed = this.#weighed.get(clue.host) ?? 0;
    const weight = Math.min(clueWeights[clue.kind], CLUE_TOTAL_MAX - weighed);
    if (weight <= 0 || weighed >= CLUE_TOTAL_MAX) return;
    const row = state.sources.find(clue.host);
    if (row === NO_SOURCE) return; // a host without new contacts has no test to add to
    this.#weighed.set(clue.host, weighed + weight);
    weigh(state.sources, row, GROUP_LATERAL, 0, at, weight, false);
    testThreshold(state, row, GROUP_LATERAL, clue.host, PROTOCOL_TCP, 445, at);
  }
}

/** Whether the clue says something yet: bursts need their count. */
function isStrong(clue: Clue): boolean {
  if (clue.kind === "logon-failed") return clue.count === LOGON_BURST_MIN;
  if (clue.kind === "account-locked") return clue.count === LOCKOUT_STORM_MIN;
  if (clue.kind === "share-renames") return clue.count >= RENAME_STORM_MIN;
  if (clue.kind === "logon-explicit") return clue.accounts.size === SPRAY_ACCOUNTS_MIN;
  return clue.count === 1;
}

function detailOf(observation: Observation): string {
  switch (observation.kind) {
    case "name-lookup":
      return observation.name;
    case "alert":
      return observation.signature;
    case "smb-probe":
      return observation.probe;
    case "remote-execution":
      return observation.how;
    default:
      return "";
  }
}

const probeWords = {
  "smb1-anonymous-ipc": "SMB1 probing: anonymous session and IPC$",
  "ms17-010": "SMB1 probing for the MS17-010 hole",
  doublepulsar: "asked for the DoublePulsar implant",
} as const;

const executionWords = {
  service: "created or started a service",
  "scheduled-task": "created a scheduled task",
  wmi: "ran a command through WMI",
  "admin-share-write": "wrote a program to an administrative share",
  "admin-share-program": "opened a program on an administrative share",
  "remote-registry": "opened the remote registry",
  "account-query": "listed accounts or groups",
} as const;

/** A clue as a notable kind and a sentence, or null when it is too weak to mention. */
export function tell(state: DetectorState, clue: Clue): { kind: NotableKind; sentence: string } | null {
  const on = clue.target >= 0 ? ` on ${state.hosts.format(clue.target)}` : "";
  switch (clue.kind) {
    case "name-lookup":
      return { kind: "indicator", sentence: `looked up the kill-switch name ${clue.detail} (WannaCry-like worm)` };
    case "smb-probe":
      return { kind: "indicator", sentence: `${probeWords[clue.detail as keyof typeof probeWords]}${on}` };
    case "remote-execution":
      return { kind: "lateral", sentence: `${executionWords[clue.detail as keyof typeof executionWords]}${on}` };
    case "share-renames":
      if (clue.count < RENAME_STORM_MIN) return null;
      return { kind: "indicator", sentence: `renamed ${clue.count} files${on} in a short time` };
    case "logon-failed":
      if (clue.count < LOGON_BURST_MIN) return null;
      return { kind: "brute-force", sentence: `${clue.count} failed log-ons to ${clue.accounts.size} accounts` };
    case "logon-explicit":
      if (clue.accounts.size < SPRAY_ACCOUNTS_MIN) return null;
      return {
        kind: "brute-force",
        sentence: `${clue.count} log-ons with explicit credentials of ${clue.accounts.size} accounts`,
      };
    case "account-locked":
      if (clue.count < LOCKOUT_STORM_MIN) return null;
      return { kind: "brute-force", sentence: `${clue.accounts.size} accounts locked out` };
    case "alert":
      return { kind: "indicator", sentence: `alert${on}: ${clue.detail} (${clue.count})` };
  }
}
