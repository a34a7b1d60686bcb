// Results made by hand for the golden pages: no traffic, no detection, only what a page has to draw.

import type { InspectInput, InspectResult } from "../../src/inspect-result.ts";
import { createRandom } from "../../src/kit/random.ts";

const startMs = Date.UTC(2026, 2, 12, 2, 0, 0);
const iso = (afterMs: number): string => new Date(startMs + afterMs).toISOString();

const capture: InspectInput = {
  path: "night/core-switch.pcap",
  format: "pcap",
  flows: 48_213,
  skipped: { "not-ip": 312, fragment: 4 },
  notVisible: ["start-of-flows"],
  error: null,
  carries: [],
  records: 1_204_551,
  remarks: ["Every frame is there twice; the second was left out"],
  sensors: [],
};
const exported: InspectInput = {
  path: "night/firewall.nfcapd",
  format: null,
  flows: 0,
  skipped: {},
  notVisible: [],
  error:
    "Cannot read night/firewall.nfcapd: the input must be of a format that is read, got nfdump; convert it with nfdump -r",
};
const flows: InspectInput = {
  path: "night/building-b.v9",
  format: "netflow9",
  flows: 9_120,
  skipped: { "no-template": 60, "option-data": 12 },
  notVisible: ["dns-names", "payload", "arp"],
  error: null,
  records: 9_192,
  sensors: [
    { name: "10.2.0.1 domain 0", format: "netflow9", records: 9_120, lostRecords: 18, samplingRate: 1, lagMs: null },
  ],
};

const empty: InspectResult = {
  schema: "cordon.inspect/1",
  inputs: [{ ...capture, remarks: [], skipped: {}, notVisible: [] }],
  flows: 48_213,
  hosts: 812,
  from: iso(0),
  to: iso(3_600_000),
  suspects: [],
  outbreaks: [],
  notable: [],
};

/** An outbreak of `hostCount` machines: each new one is infected by one of those before it, seeded. */
function outbreakOf(hostCount: number): InspectResult {
  const random = createRandom(hostCount);
  const addressOf = (host: number): string => `10.1.${host >> 8}.${host & 255}`;
  const atMs = (host: number): number => 847_000 + host * 24_250;
  const edges: { from: string; to: string; at: string; probability: number }[] = [];
  for (let host = 1; host < hostCount; host++) {
    const parent = Math.floor(random.float() ** 2 * host);
    const probability = host % 5 === 0 ? 0.62 : 0.97;
    edges.push({ from: addressOf(parent), to: addressOf(host), at: iso(atMs(host)), probability });
  }
  const suspects = Array.from({ length: hostCount }, (_, host) => ({
    address: addressOf(host),
    port: "tcp/445",
    onset: iso(atMs(host)),
    flagged: iso(atMs(host) + 1_240),
    contactsToFlag: 3,
    logOdds: 9.2 + (host % 7) * 2,
    outbreak: "o1",
    because: [
      "3 first contacts over tcp/445 in 1.2 s, 2 of them to dark addresses",
      host === 0 ? "nobody contacted it before" : `contacted over tcp/445 by ${edges[host - 1].from} shortly before`,
    ],
  }));
  return {
    ...empty,
    inputs: [capture, flows, exported],
    suspects,
    outbreaks: [
      {
        id: "o1",
        port: "tcp/445",
        phase: "confirmed",
        patientZero: addressOf(0),
        rivals: [{ address: "10.1.9.9", probability: 0.06 }],
        hosts: suspects.map((each) => each.address),
        edges,
      },
    ],
    notable: [
      {
        address: "10.1.0.250",
        kind: "known-talker",
        at: null,
        because: ["412 machines on 5 ports every night: works as a vulnerability scanner"],
      },
      {
        address: "10.1.4.17",
        kind: "indicator",
        at: iso(850_000),
        because: ["asked for a name that only WannaCry asks for"],
      },
    ],
  };
}

const scanner: InspectResult = {
  ...empty,
  inputs: [flows],
  suspects: [
    {
      address: "2001:db8:12::a0:16",
      port: "tcp/23",
      onset: iso(506_500),
      flagged: iso(507_120),
      contactsToFlag: 6,
      logOdds: 15.1,
      outbreak: null,
      because: ["6 first contacts over tcp/23 to outside addresses in 0.6 s, none answered"],
    },
  ],
  notable: [
    {
      address: "10.1.2.3",
      kind: "unusual",
      at: iso(9_000),
      // What a hostile log may hold: an escape that wipes the screen and a mark that turns the line round.
      because: ["alert \u001b[2Jof another detector: \u202Eevil"],
    },
  ],
};

const suspected: InspectResult = {
  ...outbreakOf(1),
  suspects: outbreakOf(1).suspects,
  outbreaks: [{ ...outbreakOf(1).outbreaks[0], phase: "suspected", rivals: [], edges: [] }],
  notable: [],
};

const unread: InspectResult = { ...empty, inputs: [exported], flows: 0, hosts: 0, from: null, to: null };
const noFlows: InspectResult = {
  ...empty,
  inputs: [{ ...capture, flows: 0 }],
  flows: 0,
  hosts: 0,
  from: null,
  to: null,
};

export const samples = {
  quiet: empty,
  "small-outbreak": outbreakOf(14),
  "large-outbreak": outbreakOf(400),
  suspected,
  scanner,
  unread,
  "no-flows": noFlows,
} as const;
