// Decoding of logs: seeded Zeek conn (TSV, JSON) and Suricata EVE flow lines in memory, to rows of the flow table and on to the verdict. With
// peers, DuckDB scans and groups the same files on one thread.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zeekHead } from "../lab/traffic/zeek-head.ts";
import { createRandom, type Random } from "../src/kit/random.ts";
import { combine32 } from "../src/kit/hash.ts";
import { Detector } from "../src/detection/detect.ts";
import { type Batch, BatchWriter } from "../src/model/batch.ts";
import { HostTable } from "../src/model/host-table.ts";
import type { Decoder, DecoderContext } from "../src/telemetry/decoder.ts";
import { createEveDecoder } from "../src/telemetry/logs/eve.ts";
import { createZeekDecoder } from "../src/telemetry/logs/zeek.ts";
import { decodeWhole, plainContext } from "../test/decode.ts";
import { type BenchOptions, type BenchRow, measure, type Peer } from "./result.ts";

const seed = 7;
const chunkBytes = 262_144;

interface Fact {
  readonly micros: number;
  readonly source: string;
  readonly target: string;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly isUdp: boolean;
  readonly durationMicros: number;
  readonly isAnswered: boolean;
  readonly bytes: number;
  readonly bytesBack: number;
  readonly packets: number;
}

function drawFact(random: Random, row: number): Fact {
  const isUdp = random.chance(0.4);
  return {
    micros: 1_700_000_000_000_000 + row * 1_300 + random.below(900),
    source: `10.20.${random.below(80)}.${1 + random.below(250)}`,
    target: `10.${1 + random.below(2)}.${random.below(4)}.${1 + random.below(250)}`,
    sourcePort: 32_768 + random.below(28_000),
    targetPort: isUdp ? 53 : random.pick([445, 443, 443, 104, 80, 389, 9100]),
    isUdp,
    durationMicros: Math.round(random.exponential(900_000)),
    isAnswered: random.chance(0.93),
    bytes: 60 + Math.round(random.exponential(900)),
    bytesBack: 60 + Math.round(random.exponential(9_000)),
    packets: 1 + random.below(40),
  };
}

const seconds = (micros: number): string => (micros / 1e6).toFixed(6);
const iso = (micros: number): string =>
  `${new Date(micros / 1000).toISOString().slice(0, 19)}.${String(micros % 1_000_000).padStart(6, "0")}+0000`;

const tsvHeader = [
  ...zeekHead("conn"),
  "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents",
  "",
].join("\n");

function tsvLine(fact: Fact): string {
  const { isAnswered, isUdp, packets } = fact;
  const state = isAnswered ? "SF" : "S0";
  const history = isUdp ? (isAnswered ? "Dd" : "D") : isAnswered ? "ShADadfF" : "S";
  const back = isAnswered ? `${packets}\t${fact.bytesBack}` : "0\t0";
  const sizes = isAnswered ? `${fact.bytes - 40}\t${fact.bytesBack - 40}` : "0\t0";
  return `${seconds(fact.micros)}\tCh5wr22bQ9Nk1xyz8a\t${fact.source}\t${fact.sourcePort}\t${fact.target}\t${fact.targetPort}\t${isUdp ? "udp\tdns" : "tcp\t-"}\t${seconds(fact.durationMicros)}\t${sizes}\t${state}\t-\t-\t0\t${history}\t${packets}\t${fact.bytes}\t${back}\t(empty)\n`;
}

function jsonLine(fact: Fact): string {
  const { isAnswered, isUdp, packets } = fact;
  const history = isUdp ? (isAnswered ? "Dd" : "D") : isAnswered ? "ShADadfF" : "S";
  return `${JSON.stringify({
    ts: fact.micros / 1e6,
    uid: "Ch5wr22bQ9Nk1xyz8a",
    "id.orig_h": fact.source,
    "id.orig_p": fact.sourcePort,
    "id.resp_h": fact.target,
    "id.resp_p": fact.targetPort,
    proto: isUdp ? "udp" : "tcp",
    duration: fact.durationMicros / 1e6,
    orig_bytes: fact.bytes - 40,
    resp_bytes: isAnswered ? fact.bytesBack - 40 : 0,
    conn_state: isAnswered ? "SF" : "S0",
    local_orig: true,
    local_resp: true,
    missed_bytes: 0,
    history,
    orig_pkts: packets,
    orig_ip_bytes: fact.bytes,
    resp_pkts: isAnswered ? packets : 0,
    resp_ip_bytes: isAnswered ? fact.bytesBack : 0,
  })}\n`;
}

function eveLine(fact: Fact): string {
  const { isAnswered, isUdp, packets } = fact;
  return `${JSON.stringify({
    timestamp: iso(fact.micros + fact.durationMicros),
    flow_id: 1_374_195_536_821_504,
    in_iface: "eth0",
    event_type: "flow",
    src_ip: fact.source,
    src_port: fact.sourcePort,
    dest_ip: fact.target,
    dest_port: fact.targetPort,
    proto: isUdp ? "UDP" : "TCP",
    app_proto: isUdp ? "dns" : "smb",
    flow: {
      pkts_toserver: packets,
      pkts_toclient: isAnswered ? packets : 0,
      bytes_toserver: fact.bytes,
      bytes_toclient: isAnswered ? fact.bytesBack : 0,
      start: iso(fact.micros),
      end: iso(fact.micros + fact.durationMicros),
      age: Math.floor(fact.durationMicros / 1e6),
      state: isAnswered ? "closed" : "new",
      reason: "timeout",
      alerted: false,
    },
    community_id: "1:Qk7Gm4iQRNO1aS3Yt98NgELpTuM=",
    ...(isUdp
      ? {}
      : {
          tcp: {
            tcp_flags: isAnswered ? "1b" : "02",
            tcp_flags_ts: isAnswered ? "1b" : "02",
            tcp_flags_tc: isAnswered ? "1b" : "00",
            syn: true,
            fin: isAnswered,
            psh: isAnswered,
            ack: isAnswered,
            state: isAnswered ? "closed" : "syn_sent",
          },
        }),
  })}\n`;
}

/** The text of a log and the decoder that reads it. */
interface Log {
  readonly name: string;
  readonly text: Buffer;
  readonly create: (context: DecoderContext) => Decoder;
}

function logs(lines: number): Log[] {
  const options = { latenessMs: 600_000 };
  const written = (head: string, line: (fact: Fact) => string): Buffer => {
    const random = createRandom(seed);
    const parts = [head];
    for (let row = 0; row < lines; row++) parts.push(line(drawFact(random, row)));
    return Buffer.from(parts.join(""));
  };
  return [
    {
      name: "zeek tsv",
      text: written(tsvHeader, tsvLine),
      create: (context) => createZeekDecoder("zeek-conn", context, options),
    },
    {
      name: "zeek json",
      text: written("", jsonLine),
      create: (context) => createZeekDecoder("zeek-conn", context, options),
    },
    { name: "eve", text: written("", eveLine), create: (context) => createEveDecoder(context, options) },
  ];
}

/** Decodes the whole text in chunks; the digest is made of rows and outcomes. */
function decodeToRows(log: Log): number {
  let hash = 0;
  decode(log, new HostTable(), ({ flows }) => {
    for (let flow = 0; flow < flows.length; flow += 97) {
      hash = combine32(hash, flows.outcome[flow] + 4 * flows.targetPort[flow] + (flows.startMs[flow] % 1e6));
    }
    hash = combine32(hash, flows.length);
  });
  return hash;
}

/** Decodes the whole text, feeds a detector and asks for the verdict at the end; the digest is made of the verdict. */
function decodeToVerdict(log: Log): string {
  const hosts = new HostTable();
  const detector = new Detector({ hosts });
  decode(log, hosts, (batch) => detector.feed(batch));
  const { suspects, notables } = detector.report();
  return `${hosts.length} ${suspects.map((each) => each.address).join()} ${notables.length}`;
}

function decode(log: Log, hosts: HostTable, onBatch: (batch: Batch) => void): void {
  const writer = new BatchWriter(hosts, onBatch);
  decodeWhole(log.create(plainContext(writer, log.name)), writer, log.text, chunkBytes);
}

/** Lines per CPU second from bytes in memory to sorted rows in a batch, addresses interned; then with detection. */
export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const lines = options.tiny ? 2_000 : 300_000;
  const rows: BenchRow[] = [];
  for (const log of logs(lines)) {
    const note = `${Math.round(log.text.length / lines)} bytes a line`;
    const peer = options.peers ? duckdb(log) : null;
    for (const [name, round] of [
      [`${log.name} to rows`, () => decodeToRows(log)],
      [`${log.name} bytes to verdict`, () => decodeToVerdict(log)],
    ] as const) {
      const pace = options.tiny ? { rounds: 2, warmups: 1 } : {};
      const row = measure({ name, unit: "lines", count: lines, round, ...pace });
      rows.push(peer === null ? { ...row, note } : { ...row, note, peer });
    }
  }
  return rows;
}

const peersFolder = fileURLToPath(new URL("./peers/", import.meta.url));

const queries: Readonly<Record<string, (file: string) => string>> = {
  "zeek tsv": (file) =>
    `SELECT column02, column05, count(*), count(DISTINCT column04) FROM read_csv('${file}', delim='\\t', header=false, skip=6, columns={${Array.from({ length: 21 }, (_, column) => `'column${String(column).padStart(2, "0")}': 'VARCHAR'`).join(", ")}}) GROUP BY ALL`,
  "zeek json": (file) =>
    `SELECT "id.orig_h", "id.resp_p", count(*), count(DISTINCT "id.resp_h") FROM read_json('${file}', format='newline_delimited') GROUP BY ALL`,
  eve: (file) =>
    `SELECT src_ip, dest_port, count(*), count(DISTINCT dest_ip), sum(flow.pkts_toclient) FROM read_json('${file}', format='newline_delimited') GROUP BY ALL`,
};

/** DuckDB from npm on one thread: scans the file and counts targets by source and port. Null when it is not installed. */
function duckdb(log: Log): Peer | null {
  if (!existsSync(join(peersFolder, "node_modules/@duckdb/node-api"))) return null;
  const folder = mkdtempSync(join(tmpdir(), "cordon-logs-"));
  try {
    const file = join(folder, "log");
    writeFileSync(file, log.text);
    const code = [
      `const { DuckDBInstance } = await import("@duckdb/node-api");`,
      `const instance = await DuckDBInstance.create(":memory:", { threads: "1" });`,
      `const connection = await instance.connect();`,
      `let least = Infinity;`,
      `for (let round = 0; round < 3; round++) {`,
      `  const before = process.cpuUsage();`,
      `  await (await connection.run(${JSON.stringify(queries[log.name](file))})).getRows();`,
      `  const used = process.cpuUsage(before);`,
      `  least = Math.min(least, (used.user + used.system) / 1e6);`,
      `}`,
      `console.log(least);`,
    ].join("\n");
    const child = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: peersFolder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    const cpuSeconds = Number.parseFloat(child.stdout);
    return Number.isNaN(cpuSeconds) ? null : { name: "DuckDB scan and group", cpuSeconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
