import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ipfixDatagrams, v5Datagrams, v9Datagrams } from "../../../bench/export-traffic.ts";
import { createRandom } from "../../kit/random.ts";
import { goodDatagrams, hostileDatagrams, sflowDatagram } from "../../../test/proof/fuzz-exports.ts";
import { limits } from "../../limits.ts";
import { BatchWriter } from "../../model/batch.ts";
import {
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  PHASE_CLOSING,
  PHASE_OPENING,
  PHASE_WHOLE,
  readFlow,
  type FlowRecord,
} from "../../model/flow.ts";
import { HostTable } from "../../model/host-table.ts";
import type { SensorIndex } from "../../model/units.ts";
import { createExportDecoder, type ExportDecoder } from "./export-stream.ts";
import { createExportFileDecoder } from "./export-stream-file.ts";

type Row = FlowRecord & { readonly from: string; readonly to: string };

interface Bench {
  readonly decoder: ExportDecoder;
  readonly rows: Row[];
  readonly hosts: HostTable;
  finish(): Row[];
}

function bench(capacity = 4_096, hosts = new HostTable()): Bench {
  const rows: Row[] = [];
  const writer = new BatchWriter(
    hosts,
    ({ flows }) => {
      for (let flow = 0; flow < flows.length; flow++) {
        const row = readFlow(flows, flow);
        rows.push({ ...row, from: hosts.format(row.source), to: hosts.format(row.target) });
      }
    },
    capacity,
  );
  const names: string[] = [];
  const decoder = createExportDecoder({
    writer,
    path: "test",
    sensor: (name) => {
      if (!names.includes(name)) names.push(name);
      return names.indexOf(name) as SensorIndex;
    },
    isWatchedName: () => false,
  });
  return {
    decoder,
    rows,
    hosts,
    finish: () => {
      decoder.end();
      writer.flush();
      return rows;
    },
  };
}

/** What a row says, without the order and sensor it came in. */
const essence = (rows: readonly Row[]): string[] =>
  rows
    .map((row) =>
      [
        row.startMs,
        row.from,
        row.to,
        row.sourcePort,
        row.targetPort,
        row.protocol,
        row.phase,
        row.outcome,
        row.bytes,
        row.bytesBack,
      ].join(" "),
    )
    .sort();

const NOW_S = 1_700_000_000;

/** One IPFIX message from sets given as numbers of a width: the smallest encoder that will do. */
function message(
  sets: readonly { id: number; bytes: readonly number[] }[],
  { sequence = 0, domain = 1, exportS = NOW_S } = {},
): Uint8Array {
  const body = sets.flatMap(({ id, bytes }) => [...be(id, 2), ...be(bytes.length + 4, 2), ...bytes]);
  return Uint8Array.from([
    ...be(10, 2),
    ...be(16 + body.length, 2),
    ...be(exportS, 4),
    ...be(sequence, 4),
    ...be(domain, 4),
    ...body,
  ]);
}

function be(value: number, width: number): number[] {
  return Array.from({ length: width }, (_, at) => Math.floor(value / 256 ** (width - 1 - at)) % 256);
}

type Field = readonly [id: number, width: number, enterprise?: number];

function template(id: number, fields: readonly Field[]): { id: number; bytes: number[] } {
  const bytes = [...be(id, 2), ...be(fields.length, 2)];
  for (const [field, width, enterprise] of fields) {
    bytes.push(...be(enterprise === undefined ? field : field | 0x8000, 2), ...be(width, 2));
    if (enterprise !== undefined) bytes.push(...be(enterprise, 4));
  }
  return { id: 2, bytes };
}

function data(
  id: number,
  fields: readonly Field[],
  records: readonly (readonly number[])[],
): { id: number; bytes: number[] } {
  return { id, bytes: records.flatMap((record) => record.flatMap((value, at) => be(value, fields[at][1]))) };
}

const tuple: readonly Field[] = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
  [2, 4],
  [1, 4],
  [152, 8],
  [153, 8],
];
const A = 0x0a000001;
const B = 0x0a000002;
const T0 = NOW_S * 1000 - 5_000;

function run(records: readonly (readonly number[])[], fields: readonly Field[] = tuple): Row[] {
  const { decoder, finish } = bench();
  expect(decoder.decodeDatagram(message([template(300, fields), data(300, fields, records)]), "x", NOW_S * 1000)).toBe(
    true,
  );
  return finish();
}

const tcp = (
  source: number,
  target: number,
  sourcePort: number,
  targetPort: number,
  flags: number,
  packets: number,
  at = T0,
): number[] => [source, target, sourcePort, targetPort, 6, flags, packets, packets * 50, at, at];

describe("direction and outcome of one-way records", () => {
  test("an attempt is an opening at once and unanswered when its time is over", () => {
    const later = tcp(A, B, 50_001, 443, 0x1b, 9, T0 + 3_000);
    const rows = run([tcp(A, B, 50_000, 445, 0x02, 3), later]).filter(({ targetPort }) => targetPort === 445);
    expect(rows.map(({ phase, outcome }) => [phase, outcome])).toEqual([
      [PHASE_OPENING, OUTCOME_UNKNOWN],
      [PHASE_CLOSING, OUTCOME_UNANSWERED],
    ]);
    expect(rows[0]).toMatchObject({ from: "10.0.0.1", to: "10.0.0.2", targetPort: 445, bytes: 150, bytesBack: -1 });
  });

  test.each([
    ["a reset refuses it", 0x14, OUTCOME_REFUSED],
    ["a SYN ACK answers it", 0x12, OUTCOME_ANSWERED],
  ])("an attempt with a reply: %s, whichever record comes first", (_, flags, outcome) => {
    const attempt = tcp(A, B, 50_000, 8_081, 0x02, 1);
    const reply = tcp(B, A, 8_081, 50_000, flags, 1, T0 + 3);
    const late = run([attempt, reply]);
    expect(late.map((row) => [row.phase, row.outcome, row.from, row.targetPort, row.bytesBack])).toEqual([
      [PHASE_OPENING, OUTCOME_UNKNOWN, "10.0.0.1", 8_081, -1],
      [PHASE_CLOSING, outcome, "10.0.0.1", 8_081, 50],
    ]);
    const early = run([reply, attempt]);
    expect(early.map((row) => [row.phase, row.outcome, row.from, row.targetPort, row.bytesBack])).toEqual([
      [PHASE_WHOLE, outcome, "10.0.0.1", 8_081, 50],
    ]);
  });

  test("a record that waited names its hosts, though their rows went to others meanwhile", () => {
    const crowded = bench(8, new HostTable(32, 32));
    const roomy = bench();
    for (const datagram of v5Datagrams(7, 3_000)) {
      crowded.decoder.decodeDatagram(datagram, "192.0.2.1", NaN);
      roomy.decoder.decodeDatagram(datagram, "192.0.2.1", NaN);
    }
    expect(essence(crowded.finish())).toEqual(essence(roomy.finish()));
    expect(crowded.hosts.evictedCount).toBeGreaterThan(1_000);
    expect(roomy.hosts.evictedCount).toBe(0);
  });

  test("both sides of a conversation name the same contact", () => {
    const rows = run([tcp(A, B, 50_000, 445, 0x1b, 9), tcp(B, A, 445, 50_000, 0x1b, 7)]);
    for (const row of rows)
      expect(row).toMatchObject({
        from: "10.0.0.1",
        to: "10.0.0.2",
        sourcePort: 50_000,
        targetPort: 445,
        outcome: OUTCOME_ANSWERED,
      });
    expect(rows.map(({ bytes, bytesBack }) => [bytes, bytesBack])).toEqual([
      [450, -1],
      [-1, 350],
    ]);
  });

  test("replies without a request are no contact (backscatter)", () => {
    const { decoder, finish } = bench();
    const records = [tcp(A, B, 80, 3_333, 0x12, 1), tcp(A, B, 81, 3_334, 0x14, 1), tcp(A, B, 82, 3_335, 0x04, 1)];
    decoder.decodeDatagram(message([template(300, tuple), data(300, tuple, records)]), "x", NOW_S * 1000);
    expect(finish()).toEqual([]);
    expect(decoder.skipped.toJSON()).toMatchObject({ "reply-without-request": 3 });
  });

  test("UDP without an answer stays unknown; with one it is answered", () => {
    const udp = (source: number, target: number, sourcePort: number, targetPort: number): number[] => [
      source,
      target,
      sourcePort,
      targetPort,
      17,
      0,
      1,
      60,
      T0,
      T0,
    ];
    expect(run([udp(A, B, 50_000, 53)]).map(({ outcome }) => outcome)).toEqual([OUTCOME_UNKNOWN, OUTCOME_UNKNOWN]);
    const answered = run([udp(A, B, 50_000, 53), udp(B, A, 53, 50_000)]);
    expect(answered.map(({ phase, outcome, from }) => [phase, outcome, from])).toEqual([
      [PHASE_OPENING, OUTCOME_UNKNOWN, "10.0.0.1"],
      [PHASE_CLOSING, OUTCOME_ANSWERED, "10.0.0.1"],
    ]);
  });

  test("where ports are alike the earlier record began", () => {
    const rows = run([
      [B, A, 20_000, 20_001, 6, 0x1b, 5, 400, T0 + 9, T0 + 20],
      [A, B, 20_001, 20_000, 6, 0x1b, 5, 500, T0, T0 + 20],
    ]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      from: "10.0.0.1",
      targetPort: 20_000,
      bytes: 500,
      bytesBack: 400,
      outcome: OUTCOME_ANSWERED,
    });
  });

  test("an ICMP echo is paired with its reply", () => {
    const icmp = (source: number, target: number, typeCode: number): number[] => [
      source,
      target,
      0,
      typeCode,
      1,
      0,
      1,
      60,
      T0,
      T0,
    ];
    const rows = run([icmp(A, B, 2_048), icmp(B, A, 0)]);
    expect(rows.map(({ outcome, from, targetPort }) => [outcome, from, targetPort])).toEqual([
      [OUTCOME_UNKNOWN, "10.0.0.1", 2_048],
      [OUTCOME_ANSWERED, "10.0.0.1", 2_048],
    ]);
  });

  test("a sampling exporter proves no silence", () => {
    const fields = [...tuple, [34, 4] as const];
    const rows = run([[...tcp(A, B, 50_000, 445, 2, 1), 100]], fields);
    expect(rows.at(-1)).toMatchObject({ phase: PHASE_CLOSING, outcome: OUTCOME_UNKNOWN });
  });

  test("an attempt exported on the way in and on the way out counts once", () => {
    const twice = tcp(A, B, 50_000, 445, 2, 1);
    expect(run([twice, twice]).filter(({ phase }) => phase === PHASE_OPENING)).toHaveLength(1);
  });
});

describe("records of both directions", () => {
  const biflow: readonly Field[] = [...tuple, [1, 4, 29_305], [2, 4, 29_305], [6, 1, 29_305]];

  test.each([
    ["nothing came back", [0, 0, 0], OUTCOME_UNANSWERED],
    ["a reset came back", [40, 1, 0x14], OUTCOME_REFUSED],
    ["an answer came back", [900, 3, 0x1a], OUTCOME_ANSWERED],
  ])("a biflow of RFC 5103: %s", (_, back, outcome) => {
    const rows = run([[...tcp(A, B, 50_000, 445, 0x02, 1), ...back]], biflow);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ phase: PHASE_WHOLE, outcome, bytesBack: back[0], packetsBack: back[1] });
  });

  test("a firewall's event tells the outcome", () => {
    const fields: readonly Field[] = [...tuple.slice(0, 5), [233, 1], [231, 4], [232, 4], [323, 8]];
    const record = (event: number, bytes: number, bytesBack: number): number[] => [
      A,
      B,
      50_000,
      445,
      6,
      event,
      bytes,
      bytesBack,
      T0,
    ];
    const outcomes = run(
      [record(1, 0, 0), record(2, 500, 900), record(2, 52, 0), record(3, 0, 0), record(4, 0, 0)],
      fields,
    );
    expect(outcomes.map(({ phase, outcome }) => [phase, outcome])).toEqual([
      [PHASE_OPENING, OUTCOME_UNKNOWN],
      [PHASE_WHOLE, OUTCOME_ANSWERED],
      [PHASE_WHOLE, OUTCOME_UNANSWERED],
      [PHASE_WHOLE, OUTCOME_REFUSED],
    ]);
  });
});

describe("times", () => {
  const short = tuple.slice(0, 8);
  const head = [A, B, 50_000, 445, 6, 0x1b, 5, 500];
  const NTP = 2_208_988_800;

  test.each<[string, readonly Field[], readonly number[], number, number]>([
    [
      "seconds",
      [
        [150, 4],
        [151, 4],
      ],
      [NOW_S - 9, NOW_S - 3],
      NOW_S * 1000 - 9_000,
      6_000,
    ],
    [
      "milliseconds",
      [
        [152, 8],
        [153, 8],
      ],
      [T0, T0 + 250],
      T0,
      250,
    ],
    [
      "NTP microseconds",
      [
        [154, 8],
        [155, 8],
      ],
      [(NOW_S - 4 + NTP) * 2 ** 32, (NOW_S - 4 + NTP) * 2 ** 32 + 2 ** 31],
      NOW_S * 1000 - 4_000,
      500,
    ],
    [
      "microseconds before the export",
      [
        [158, 4],
        [159, 4],
      ],
      [3_000_000, 1_000_000],
      NOW_S * 1000 - 3_000,
      2_000,
    ],
    [
      "start and duration",
      [
        [152, 8],
        [161, 4],
      ],
      [T0, 750],
      T0,
      750,
    ],
    ["observation time alone", [[323, 8]], [T0], T0, 0],
    ["none at all", [], [], NOW_S * 1000, 0],
    [
      "uptime with the boot time",
      [
        [22, 4],
        [21, 4],
        [160, 8],
      ],
      [1_000, 4_000, T0 - 1_000],
      T0,
      3_000,
    ],
    [
      "uptime alone: the last end is the export",
      [
        [22, 4],
        [21, 4],
      ],
      [1_000, 4_000],
      NOW_S * 1000 - 3_000,
      3_000,
    ],
  ])("IPFIX: %s", (_, fields, values, startMs, durationMs) => {
    const [row] = run([[...head, ...values]], [...short, ...fields]);
    expect(row.startMs).toBeCloseTo(startMs, 3);
    expect(row.durationMs).toBeCloseTo(durationMs, 2);
  });

  test("NetFlow v5: uptime arithmetic holds over the wrap after 49.7 days", () => {
    const datagram = [...v5Datagrams(1, 1)][0];
    const view = new DataView(datagram.buffer);
    view.setUint32(4, 1_000); // the counter wrapped a second ago
    view.setUint32(24 + 24, 0xffffffff - 1_999); // began three seconds ago
    view.setUint32(24 + 28, 500);
    view.setUint8(24 + 37, 0x1b);
    view.setUint8(24 + 38, 6);
    const { decoder, finish } = bench();
    decoder.decodeDatagram(datagram, "x", NaN);
    const [row] = finish();
    expect(row.startMs).toBe(view.getUint32(8) * 1000 - 3_000);
    expect(row.durationMs).toBe(2_500);
  });
});

describe("templates", () => {
  test("a field sent shorter than defined is read (RFC 7011 6.2)", () => {
    const fields: readonly Field[] = tuple.map(([id, width]) => (id === 1 || id === 2 ? [id, 3] : [id, width]));
    expect(run([tcp(A, B, 50_000, 445, 0x1b, 70_000)], fields)[0]).toMatchObject({ packets: 70_000, bytes: 3_500_000 });
  });

  test("fields of variable length, unknown and enterprise fields are stepped over", () => {
    const { decoder, finish } = bench();
    const fields: readonly Field[] = [[371, 0xffff], ...tuple, [99, 5, 12_345], [96, 0xffff]];
    const long = Array<number>(300).fill(65);
    const body = [
      3,
      1,
      2,
      3,
      ...tuple.flatMap(([, width], at) => be(tcp(A, B, 50_000, 445, 0x1b, 4)[at], width)),
      9,
      9,
      9,
      9,
      9,
      255,
      1,
      44,
      ...long,
    ];
    decoder.decodeDatagram(message([template(300, fields), { id: 300, bytes: [...body, ...body] }]), "x", NOW_S * 1000);
    const rows = finish();
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({ from: "10.0.0.1", targetPort: 445, bytes: 200 });
  });

  test("withdrawal: one template, then all; data after that is counted, not guessed", () => {
    const { decoder, finish } = bench();
    const set = data(300, tuple, [tcp(A, B, 50_000, 445, 0x1b, 4)]);
    const withdrawal = (id: number): { id: number; bytes: number[] } => ({ id: 2, bytes: [...be(id, 2), 0, 0] });
    decoder.decodeDatagram(message([template(300, tuple), template(301, tuple), set, withdrawal(300), set]), "x", 1);
    decoder.decodeDatagram(message([withdrawal(2), { ...set, id: 301 }]), "x", 2);
    expect(finish()).toHaveLength(1);
    expect(decoder.skipped.toJSON()).toMatchObject({ "template-withdrawn": 2, "no-template": 2 });
    expect(decoder.sensors()[0].exporter).toMatchObject({ templatesWithdrawn: 2, templatesMissing: [300, 301] });
  });

  test("a template defined anew reads what follows by the new fields", () => {
    const { decoder, finish } = bench();
    const reversed = [...tuple].reverse();
    const record = tcp(A, B, 50_000, 445, 0x1b, 4);
    decoder.decodeDatagram(message([template(300, tuple), data(300, tuple, [record])]), "x", 1);
    decoder.decodeDatagram(message([template(300, reversed), data(300, reversed, [[...record].reverse()])]), "x", 2);
    expect(new Set(essence(finish())).size).toBe(1);
  });

  test("exporters and domains do not share templates", () => {
    const { decoder, finish } = bench();
    const set = data(300, tuple, [tcp(A, B, 50_000, 445, 0x1b, 4)]);
    decoder.decodeDatagram(message([template(300, tuple)], { domain: 1 }), "x", 1);
    decoder.decodeDatagram(message([set], { domain: 2 }), "x", 2);
    decoder.decodeDatagram(message([set], { domain: 1 }), "y", 3);
    expect(finish()).toHaveLength(0);
    expect(decoder.skipped.toJSON()).toMatchObject({ "no-template": 2 });
  });

  test.each([
    ["v9", v9Datagrams],
    ["IPFIX", ipfixDatagrams],
  ] as const)("%s: data before its template gives the same rows", (_, make) => {
    const datagrams = [...make(5, 300)];
    const inOrder = bench();
    for (const datagram of datagrams) inOrder.decoder.decodeDatagram(datagram, "x", NaN);
    const late = bench();
    for (const datagram of [...datagrams.slice(1), datagrams[0]]) late.decoder.decodeDatagram(datagram, "x", NaN);
    expect(essence(late.finish())).toEqual(essence(inOrder.finish()));
    expect(late.decoder.records).toBe(300);
  });
});

describe("formats", () => {
  test("v5, v9 and IPFIX of the same flows give the same rows", () => {
    const results = [v5Datagrams, v9Datagrams, ipfixDatagrams].map((make) => {
      const { decoder, finish } = bench();
      for (const datagram of make(9, 900)) decoder.decodeDatagram(datagram, "x", NaN);
      return essence(finish());
    });
    expect(results[0].length).toBeGreaterThan(900);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  test("sFlow: a sampled SYN is a contact of unknown outcome, counters are counted", () => {
    const { decoder, finish } = bench();
    expect(decoder.decodeDatagram(sflowDatagram(createRandom(1)), "x", 5_000_000)).toBe(true);
    expect(finish()).toMatchObject([
      { to: "10.0.1.9", targetPort: 445, outcome: OUTCOME_UNKNOWN, bytes: 40, atMs: 5_000_000 },
    ]);
    expect(decoder.skipped.toJSON()).toEqual({ "counter-sample": 1 });
    expect(decoder.sensors()[0].samplingRate).toBe(512);
  });

  test("other payloads are refused", () => {
    const { decoder } = bench();
    for (const text of [
      "",
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\u0000\u0005",
      "\u0000\u0007aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ]) {
      expect(decoder.decodeDatagram(Buffer.from(text, "latin1"), "x", 1)).toBe(false);
    }
  });

  test("datagrams back to back in a file give the rows they give alone, in chunks of any size", () => {
    const datagrams = goodDatagrams(3);
    const bytes = Buffer.concat(datagrams);
    const whole = bench();
    for (const datagram of datagrams) whole.decoder.decodeDatagram(datagram, "f", NaN);
    const expected = essence(whole.finish());
    fc.assert(
      fc.property(fc.integer({ min: 1, max: bytes.length }), (chunkBytes) => {
        const rows: Row[] = [];
        const hosts = new HostTable();
        const writer = new BatchWriter(hosts, ({ flows }) => {
          for (let flow = 0; flow < flows.length; flow++) {
            const row = readFlow(flows, flow);
            rows.push({ ...row, from: hosts.format(row.source), to: hosts.format(row.target) });
          }
        });
        const file = createExportFileDecoder({
          writer,
          path: "f",
          sensor: () => 0 as SensorIndex,
          isWatchedName: () => false,
        });
        for (let at = 0; at < bytes.length; at += chunkBytes) file.write(bytes.subarray(at, at + chunkBytes));
        file.end();
        writer.flush();
        expect(essence(rows)).toEqual(expected);
        expect(file.report()).toMatchObject({
          format: "netflow5",
          carries: ["netflow9", "ipfix", "sflow"],
          error: null,
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe("loss", () => {
  test.each([
    ["v5", v5Datagrams, 60],
    ["v9", v9Datagrams, 60],
    ["IPFIX", ipfixDatagrams, 60],
  ] as const)("%s: two lost datagrams are counted in records, one late one is given back", (_, make, lost) => {
    const datagrams = [...make(4, 600)];
    const [late] = datagrams.splice(12, 1);
    datagrams.splice(4, 2);
    datagrams.splice(13, 0, late);
    const { decoder } = bench();
    for (const datagram of datagrams) decoder.decodeDatagram(datagram, "x", NaN);
    expect(Math.abs((decoder.sensors()[0].lostRecords ?? -1) - lost)).toBeLessThanOrEqual(8);
  });

  test("a restart is no loss", () => {
    const { decoder } = bench();
    for (const datagram of [...v5Datagrams(1, 60_000), ...v5Datagrams(2, 600)])
      decoder.decodeDatagram(datagram, "x", NaN);
    expect(decoder.sensors()[0]).toMatchObject({ lostRecords: 0, exporter: { restarts: 1 } });
  });
});

describe("hostile input", () => {
  test("every datagram cut at every byte never throws", () => {
    for (const datagram of goodDatagrams(7)) {
      const { decoder, finish } = bench(64);
      for (let length = 0; length <= datagram.length; length++)
        decoder.decodeDatagram(datagram.subarray(0, length), "x", NaN);
      finish();
    }
  });

  test("seeded hostile datagrams never throw, and every exporter stays within its limits", () => {
    const { decoder, finish } = bench(512);
    let given = 0;
    let name = 0;
    for (const datagram of hostileDatagrams(11)) {
      decoder.decodeDatagram(datagram, `x${(name = (name + 1) % 5)}`, 1_800_000_000_000 + given);
      if (++given === 30_000) break;
    }
    finish();
    for (const { templates } of decoder.sensors()) expect(templates).toBeLessThanOrEqual(limits.templatesPerDomainMax);
    expect(decoder.sensors().length).toBeLessThanOrEqual(limits.exporterDomainsMax);
  });

  test("a flood of domains and of templates forgets the oldest and says so", () => {
    const { decoder } = bench();
    for (let domain = 0; domain < limits.exporterDomainsMax + 10; domain++) {
      decoder.decodeDatagram(message([template(300, tuple)], { domain }), "x", domain);
    }
    expect(decoder.sensors()).toHaveLength(limits.exporterDomainsMax);
    expect(decoder.remarks().join()).toContain("10 exporters were forgotten");
    for (let id = 256; id < 256 + limits.templatesPerDomainMax + 20; id++) {
      decoder.decodeDatagram(message([template(id, tuple)], { domain: 9_999_999 }), "x", 1e9);
    }
    expect(decoder.sensors().at(-1)?.templates).toBe(limits.templatesPerDomainMax);
  });

  test("attempts beyond what may wait are settled early, each with one opening and one outcome", () => {
    const { decoder, finish } = bench();
    const count = limits.pairedRecordsMax + 5_000;
    for (let from = 0; from < count; from += 1_000) {
      const records = Array.from({ length: 1_000 }, (_, at) => tcp(A + from + at, B, 50_000, 445, 2, 1));
      decoder.decodeDatagram(message([template(300, tuple), data(300, tuple, records)]), "x", NOW_S * 1000);
    }
    const later = tcp(A, B, 50_001, 443, 0x1b, 9, T0 + 3_000);
    decoder.decodeDatagram(message([data(300, tuple, [later])]), "x", NOW_S * 1000);
    const rows = finish();
    expect(rows.filter(({ phase }) => phase === PHASE_OPENING)).toHaveLength(Math.ceil(count / 1_000) * 1_000);
    expect(rows.filter(({ outcome }) => outcome === OUTCOME_UNANSWERED)).toHaveLength(Math.ceil(count / 1_000) * 1_000);
  });
});
