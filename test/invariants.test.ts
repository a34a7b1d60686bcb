// What always holds, by id (docs/invariants.md). These go through the entries of the stages and the command line; the
// finer tests are beside the code.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type InspectResult, inspectResultSchema } from "../src/inspect-result.ts";
import { renderInspect } from "../src/cli/render.ts";
import { inspect } from "../src/cordon.ts";
import { createRandom } from "../src/kit/random.ts";
import { limits } from "../src/limits.ts";
import { ipv4 } from "../src/model/address.ts";
import { type Batch, BatchWriter } from "../src/model/batch.ts";
import { HostTable } from "../src/model/host-table.ts";
import type { HostIndex } from "../src/model/units.ts";

const capture = fileURLToPath(new URL("../examples/wannacry/wannacry.pcap", import.meta.url));
const captureBytes = readFileSync(capture);
const folder = mkdtempSync(join(tmpdir(), "cordon-invariants-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* chunksOf(bytes: Uint8Array, sizeOf: () => number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const size = Math.max(1, sizeOf());
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const inspectBytes = async (bytes: Uint8Array, sizeOf: () => number = () => 65_536): Promise<InspectResult> =>
  (await inspect(["-"], { stdin: chunksOf(bytes, sizeOf) })).result;

/** An outbreak as CSV-like Zeek lines: each machine makes contacts and one of its targets begins to do the same. */
function outbreakLog(seed: number): Uint8Array {
  const random = createRandom(seed);
  const fields = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto conn_state".split(" ");
  const lines = ["#separator \\x09", "#path\tconn", `#fields\t${fields.join("\t")}`];
  const rows: (readonly [at: number, source: number, target: number, state: string])[] = [];
  const sick: { host: number; at: number }[] = [{ host: 5, at: 1_000 }];
  for (let at = 0; at < sick.length && sick.length < 12; at++) {
    const { host, at: begin } = sick[at];
    for (let contact = 0; contact < 12; contact++) {
      const when = begin + contact * 2 + random.float();
      const target = 20 + random.below(200);
      const isOpen = contact % 4 === 3;
      rows.push([when, host, target, isOpen ? "SF" : "S0"]);
      if (isOpen && sick.every((each) => each.host !== target)) sick.push({ host: target, at: when + 5 });
    }
  }
  rows.sort((a, b) => a[0] - b[0]);
  rows.forEach(([when, source, target, state], at) => {
    const time = (1_773_280_800 + when).toFixed(6);
    lines.push([time, `C${at}`, `10.1.0.${source}`, 50_000 + at, `10.1.0.${target}`, 445, "tcp", state].join("\t"));
  });
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

describe("kit and model", () => {
  it("K1 the same seed gives the same numbers, and a fork leaves its parent's course alone", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 50 }), (seed, draws) => {
        const [a, b] = [createRandom(seed), createRandom(seed)];
        const fork = a.fork();
        b.fork();
        for (let draw = 0; draw < draws; draw++) fork.uint32();
        for (let draw = 0; draw < draws; draw++) expect(a.uint32()).toBe(b.uint32());
      }),
    );
  });

  it("M1 the host table keeps to its limit and never gives up a pinned row", () => {
    const table = new HostTable(64, 8);
    const pinned = table.intern(ipv4(1));
    table.pin(pinned);
    for (let address = 2; address < 5_000; address++) {
      if (address % 16 === 0) table.beginBatch();
      table.intern(ipv4(address));
      expect(table.length).toBeLessThanOrEqual(64);
    }
    expect(table.format(pinned)).toBe("0.0.0.1");
    expect(table.intern(ipv4(1))).toBe(pinned);
    expect(table.generation[pinned]).toBe(0);
  });

  it("M1 a host used in a batch stays while others of it give way, also where the table begins to mark uses", () => {
    const room = 4 * limits.batchRowsMax;
    const table = new HostTable(room + 64);
    for (let address = 1; address <= 32; address++) table.intern(ipv4(address));
    table.beginBatch();
    expect(table.intern(ipv4(5))).toBe(4);
    for (let address = 33; address <= room + 64; address++) table.intern(ipv4(address));
    expect(() => table.intern(ipv4(room + 65))).toThrow("Cannot intern an address");
    table.beginBatch();
    expect(table.intern(ipv4(5))).toBe(4);
    for (let address = room + 65; address <= 2 * room; address++) table.intern(ipv4(address));
    expect(table.intern(ipv4(5))).toBe(4);
    expect(table.generation[4]).toBe(0);
    expect(table.evictedCount).toBe(room - 64);
  });

  it("M2 a row that goes to another address raises its generation", () => {
    const table = new HostTable(32, 8);
    const seen = new Map<HostIndex, { address: number; generation: number }>();
    for (let address = 1; address < 2_000; address++) {
      if (address % 8 === 0) table.beginBatch();
      const host = table.intern(ipv4(address));
      const before = seen.get(host);
      if (before !== undefined) expect(table.generation[host]).toBeGreaterThan(before.generation);
      seen.set(host, { address, generation: table.generation[host] });
    }
    expect(table.evictedCount).toBe(1_999 - 32);
  });

  it("M3 a batch is sorted by time and gives back every row once, with its columns", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 300 }), (times) => {
        const out: { atMs: number; port: number; bytes: number }[] = [];
        const take = ({ flows }: Batch): void => {
          for (let flow = 0; flow < flows.length; flow++) {
            if (flow > 0) expect(flows.atMs[flow]).toBeGreaterThanOrEqual(flows.atMs[flow - 1]);
            out.push({ atMs: flows.atMs[flow], port: flows.targetPort[flow], bytes: flows.bytes[flow] });
          }
        };
        const writer = new BatchWriter(new HostTable(64, 8), take, 64);
        times.forEach((atMs, at) => {
          const flow = writer.row();
          writer.flows.atMs[flow] = atMs;
          writer.flows.targetPort[flow] = at;
          writer.flows.bytes[flow] = atMs * 1_000 + at;
        });
        writer.flush();
        const wanted = times.map((atMs, port) => ({ atMs, port, bytes: atMs * 1_000 + port }));
        expect(out.toSorted((a, b) => a.port - b.port)).toEqual(wanted);
      }),
    );
  });
});

describe("telemetry", () => {
  it("T1 no bytes make it throw: cut, flipped and random ones become a report", async () => {
    const random = createRandom(20_260_312);
    for (let turn = 0; turn < 60; turn++) {
      const bytes = Uint8Array.from(captureBytes.subarray(0, random.below(6_000)));
      for (let flip = 0; flip < turn % 20 && bytes.length > 0; flip++)
        bytes[random.below(bytes.length)] = random.below(256);
      const { inputs } = await inspectBytes(bytes);
      expect(inputs).toHaveLength(1);
      if (inputs[0].format === null) expect(inputs[0].error).toMatch(/^Cannot read /);
    }
    const noise = Uint8Array.from({ length: 4_096 }, () => random.below(256));
    expect((await inspectBytes(noise)).inputs[0].error).toMatch(/^Cannot read /);
  });

  it("T2 chunks of any size give the same result", async () => {
    const random = createRandom(7);
    const whole = await inspectBytes(captureBytes, () => captureBytes.length);
    expect(whole.flows).toBeGreaterThan(50);
    expect(await inspectBytes(captureBytes, () => 1 + random.below(3_000))).toEqual(whole);
    const small = captureBytes.subarray(0, 20_000);
    expect(await inspectBytes(small, () => 1)).toEqual(await inspectBytes(small));
  });

  it("T3 a capture is a capture whatever its name says", async () => {
    const formats = [];
    for (const name of ["conn.log", "eve.json", "noname", "flows.csv"]) {
      const path = join(folder, name);
      writeFileSync(path, captureBytes);
      formats.push((await inspect([path])).result.inputs[0].format);
    }
    expect(formats).toEqual(["pcap", "pcap", "pcap", "pcap"]);
  });
});

describe("detection", () => {
  it.each([1, 2, 3])("D1 the same input gives the same bytes of result (outbreak %i)", async (seed) => {
    const bytes = outbreakLog(seed);
    const [first, second] = [await inspectBytes(bytes), await inspectBytes(bytes)];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(first.suspects.length).toBeGreaterThan(1);
  });

  it.each([1, 2, 3])("D2 every suspect and notable thing of outbreak %i has a reason", async (seed) => {
    const { suspects, notable } = await inspectBytes(outbreakLog(seed));
    expect(suspects.length).toBeGreaterThan(0);
    for (const each of [...suspects, ...notable, ...(await inspectBytes(captureBytes)).notable]) {
      expect(each.because.length).toBeGreaterThan(0);
      expect(each.because.every((reason) => reason.trim() !== "")).toBe(true);
    }
  });

  it.each([1, 2, 3])(
    "D3 suspects of outbreak %i begin before they are flagged, after at least one contact",
    async (seed) => {
      for (const each of (await inspectBytes(outbreakLog(seed))).suspects) {
        expect(each.onset <= each.flagged).toBe(true);
        expect(each.contactsToFlag).toBeGreaterThanOrEqual(1);
      }
    },
  );

  it.each([1, 2, 3])("D4 the spread tree of outbreak %i is a tree of its hosts", async (seed) => {
    const { outbreaks } = await inspectBytes(outbreakLog(seed));
    expect(outbreaks.length).toBeGreaterThan(0);
    for (const { hosts, edges } of outbreaks) {
      const parents = new Map(edges.map((edge) => [edge.to, edge.from]));
      expect(parents.size).toBe(edges.length);
      for (const edge of edges) expect(hosts).toEqual(expect.arrayContaining([edge.from, edge.to]));
      for (const host of hosts) {
        let at: string | undefined = host;
        for (let steps = 0; at !== undefined; steps++) {
          expect(steps).toBeLessThanOrEqual(hosts.length);
          at = parents.get(at);
        }
      }
    }
  });

  it("D5 nothing in, nothing found", async () => {
    const header = captureBytes.subarray(0, 24);
    const result = await inspectBytes(header);
    expect(result).toMatchObject({ flows: 0, suspects: [], outbreaks: [], notable: [] });
    expect(result.inputs[0]).toMatchObject({ format: "pcap", error: null });
  });
});

describe("the command line", () => {
  it("C1 every result follows the published schema", async () => {
    const random = createRandom(3);
    const inputs = [
      captureBytes,
      outbreakLog(1),
      new Uint8Array(0),
      captureBytes.subarray(0, 30),
      Uint8Array.from({ length: 500 }, () => random.below(256)),
    ];
    for (const bytes of inputs) inspectResultSchema.parse(JSON.parse(JSON.stringify(await inspectBytes(bytes))));
  });

  it("C2 no control character of an input reaches the terminal", async () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary" }), { maxLength: 5 }),
        fc.string({ unit: "binary" }),
        (because, path) => {
          const wild = {
            path,
            format: "eve",
            flows: 1,
            skipped: {},
            notVisible: [],
            error: path,
            remarks: because,
          } as const;
          const result: InspectResult = {
            schema: "cordon.inspect/1",
            inputs: [wild],
            flows: 1,
            hosts: 1,
            from: null,
            to: null,
            suspects: [],
            outbreaks: [],
            notable: [{ address: "10.0.0.1", kind: "unusual", at: null, because }],
          };
          const page = renderInspect(result, { width: 80, hasColour: false });
          for (const character of page) {
            const code = character.codePointAt(0) ?? 0;
            expect(character === "\n" || (code >= 32 && (code < 127 || code > 159)), `code ${code}`).toBe(true);
          }
        },
      ),
    );
  });

  it("C3 colours add nothing to the words", async () => {
    const result = await inspectBytes(outbreakLog(2));
    const colourful = renderInspect(result, { width: 80, hasColour: true });
    const codes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
    expect(colourful).toMatch(codes);
    expect(colourful.replace(codes, "")).toBe(renderInspect(result, { width: 80, hasColour: false }));
  });
});
