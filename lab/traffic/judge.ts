// How right a detection was about generated traffic. In: the truth and a Detection. Out: a verdict in counts.
// Contacts to flag are counted from the truth (the worm's own contacts up to the flag), not taken from the detector.

import { parseAddress } from "../../src/model/address.ts";
import type { Detection } from "../../src/model/outbreak.ts";
import type { HostTable } from "../../src/model/host-table.ts";
import type { TrafficRole } from "./hospital.ts";
import type { TrafficTruth, TrueInfection } from "./truth.ts";

export interface FalseFlag {
  readonly address: string;
  readonly role: TrafficRole | "outside" | "unknown";
  readonly atMs: number;
  readonly because: readonly string[];
}

export interface Verdict {
  readonly infectedCount: number;
  readonly flaggedCount: number;
  /** Infected hosts never flagged, with the contacts they made. */
  readonly missed: readonly { readonly host: string; readonly contacts: number }[];
  /** Flags of hosts that were not infected, or not yet. */
  readonly falseFlags: readonly FalseFlag[];
  /** Contacts each flagged host had made when it was flagged, sorted; 64 stands for 64 or more. */
  readonly contactsToFlag: readonly number[];
  /** Hosts infected when the first outbreak that holds an infected host could have been declared (its second flag). */
  readonly infectedAtSecondFlag: number | null;
  /** Per worm: whether an outbreak names the true first host. */
  readonly patientZeroRight: number;
  readonly wormCount: number;
  /** Edges of outbreaks between infected hosts, and those whose parent is the true one. */
  readonly edgeCount: number;
  readonly edgesRight: number;
  /** Infections with a parent: what the edges should have been. */
  readonly trueEdgeCount: number;
}

export function judge(truth: TrafficTruth, detection: Detection, hosts: HostTable): Verdict {
  const byHost = new Map(truth.infections.map((infection) => [infection.host, infection]));
  const falseFlags: FalseFlag[] = [];
  const flagged: { infection: TrueInfection; atMs: number }[] = [];
  for (const suspect of detection.suspects) {
    const infection = byHost.get(suspect.address);
    if (infection !== undefined && suspect.flaggedMs >= infection.atMs) {
      flagged.push({ infection, atMs: suspect.flaggedMs });
    } else {
      const role = roleAt(truth, suspect.address, suspect.flaggedMs);
      falseFlags.push({ address: suspect.address, role, atMs: suspect.flaggedMs, because: suspect.because });
    }
  }
  const found = new Set(flagged.map(({ infection }) => infection));
  const missed = truth.infections.filter((infection) => !found.has(infection));
  const second = flagged.map(({ atMs }) => atMs).toSorted((a, b) => a - b)[1];
  return {
    infectedCount: truth.infections.length,
    flaggedCount: flagged.length,
    missed: missed.map(({ host, contacts }) => ({ host, contacts })),
    falseFlags,
    contactsToFlag: flagged
      .map(({ infection, atMs }) => infection.contactTimesMs.filter((contactMs) => contactMs <= atMs).length)
      .toSorted((a, b) => a - b),
    infectedAtSecondFlag:
      second === undefined ? null : truth.infections.filter((infection) => infection.atMs <= second).length,
    ...judgeTree(truth, detection, hosts, byHost),
  };
}

function judgeTree(
  truth: TrafficTruth,
  { outbreaks }: Detection,
  hosts: HostTable,
  byHost: ReadonlyMap<string, TrueInfection>,
): Pick<Verdict, "patientZeroRight" | "wormCount" | "edgeCount" | "edgesRight" | "trueEdgeCount"> {
  const firsts = truth.infections.filter((infection) => infection.by === null);
  // The outbreak with most hosts of a worm speaks for it: a splinter that names itself first does not count.
  const patientZeroRight = firsts.filter((first) => {
    const own = outbreaks.map((outbreak) => ({
      outbreak,
      hostCount: outbreak.hosts.filter((host) => byHost.get(hosts.format(host))?.worm === first.worm).length,
    }));
    const main = own.toSorted((a, b) => b.hostCount - a.hostCount)[0];
    if (main === undefined || main.hostCount === 0 || main.outbreak.patientZero === null) return false;
    return hosts.format(main.outbreak.patientZero) === first.host;
  }).length;
  let [edgeCount, edgesRight] = [0, 0];
  for (const edge of outbreaks.flatMap((outbreak) => outbreak.edges)) {
    const infection = byHost.get(hosts.format(edge.to));
    if (infection === undefined) continue;
    edgeCount++;
    if (infection.by === hosts.format(edge.from)) edgesRight++;
  }
  const trueEdgeCount = truth.infections.length - firsts.length;
  return { patientZeroRight, wormCount: firsts.length, edgeCount, edgesRight, trueEdgeCount };
}

/** The role of whoever had the address then. */
export function roleAt(truth: TrafficTruth, address: string, atMs: number): FalseFlag["role"] {
  const lease = truth.leases.find(
    (entry) => entry.address === address && entry.fromMs <= atMs && (entry.untilMs === null || atMs <= entry.untilMs),
  );
  if (lease !== undefined) return truth.hosts[lease.device].role;
  const host = truth.hosts.find((entry) => entry.address === address);
  if (host !== undefined) return host.role;
  const parsed = parseAddress(address);
  return parsed !== null && parsed.family === 4 && parsed.w3 >>> 24 !== 10 ? "outside" : "unknown";
}
