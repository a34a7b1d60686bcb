// Command: writes generated traffic to a file, and truth.json beside it. `--help` lists the options.
// The same options give the same bytes. Everything written is made up.

import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { BatchWriter } from "../../src/model/batch.ts";
import { HostTable } from "../../src/model/host-table.ts";
import { createEncoder, encodings, isEncoding } from "./encode.ts";
import { createTraffic } from "./generate.ts";
import { createHospital } from "./hospital.ts";
import { isWormName, wormCatalogue, wormLike } from "./worm.ts";

const usage = `node lab/traffic/write.ts --out FILE [options]   (FILE ending in .gz is compressed)
  --format ${encodings.join("|")}   default zeek-tsv
  --worm ${Object.keys(wormCatalogue).join("|")}|none   default none
  --seed N           default 1
  --workstations N   default 60
  --fill SHARE       share of a segment's addresses in use, default 0.6
  --start ISO        default 2026-03-12T02:00:00Z
  --hours H          default 1
  --worm-after S     seconds from the start to the worm's first contact, default 600
  --rate R           contacts per second of the worm
  --contacts-max N   contacts of one infected host
  --local-view all|arp|none   what is seen inside a segment, default all (pcap: arp)
  --loss SHARE       share of flows lost, default 0
  --active-timeout S, --inactive-timeout S   of the flow exporter
  --benign-off       the worm alone`;

function main(): void {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      format: { type: "string", default: "zeek-tsv" },
      worm: { type: "string", default: "none" },
      seed: { type: "string", default: "1" },
      workstations: { type: "string", default: "60" },
      fill: { type: "string", default: "0.6" },
      start: { type: "string", default: "2026-03-12T02:00:00Z" },
      hours: { type: "string", default: "1" },
      "worm-after": { type: "string", default: "600" },
      rate: { type: "string" },
      "contacts-max": { type: "string" },
      "local-view": { type: "string" },
      loss: { type: "string", default: "0" },
      "active-timeout": { type: "string" },
      "inactive-timeout": { type: "string" },
      "benign-off": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || values.out === undefined) {
    console.log(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const encoding = values.format;
  const startMs = Date.parse(values.start);
  if (!isEncoding(encoding))
    throw new Error(`Cannot write traffic: --format must be ${encodings.join(", ")}, got ${encoding}`);
  if (Number.isNaN(startMs)) throw new Error(`Cannot write traffic: --start must be an ISO time, got ${values.start}`);
  const localView = values["local-view"] ?? (encoding === "pcap" ? "arp" : "all");
  if (localView !== "all" && localView !== "arp" && localView !== "none") {
    throw new Error(`Cannot write traffic: --local-view must be all, arp or none, got ${localView}`);
  }
  const seed = Number(values.seed);
  const hospital = createHospital({ seed, workstations: Number(values.workstations), fill: Number(values.fill) });
  const traffic = createTraffic({
    seed,
    hospital,
    startMs,
    hours: Number(values.hours),
    worms: wormsFrom(values.worm, values["worm-after"], values.rate, values["contacts-max"]),
    localView,
    lossShare: Number(values.loss),
    isBenignOn: !values["benign-off"],
  });
  const active = values["active-timeout"];
  const inactive = values["inactive-timeout"];
  const output = openOutput(values.out);
  const encoder = createEncoder(
    encoding,
    {
      startMs,
      ...(active === undefined ? {} : { activeTimeoutMs: Number(active) * 1_000 }),
      ...(inactive === undefined ? {} : { inactiveTimeoutMs: Number(inactive) * 1_000 }),
    },
    output.sink,
  );
  const hosts = new HostTable();
  let flowCount = 0;
  const writer = new BatchWriter(hosts, (batch) => {
    flowCount += batch.flows.length;
    encoder.write(batch, hosts);
  });
  traffic.run(writer);
  encoder.end();
  output.close();
  const truthPath = join(dirname(values.out), "truth.json");
  const about = { made: "synthetic traffic of lab/traffic/write.ts; nothing in it is real", options: values };
  writeFileSync(truthPath, `${JSON.stringify({ ...about, ...traffic.truth }, null, 1)}\n`);
  console.log(`${values.out}: ${flowCount} flows, ${traffic.truth.infections.length} infected; truth in ${truthPath}`);
}

function wormsFrom(
  name: string,
  after: string,
  rate: string | undefined,
  contactsMax: string | undefined,
): ReturnType<typeof wormLike>[] {
  if (name === "none") return [];
  if (!isWormName(name)) {
    throw new Error(`Cannot write traffic: --worm must be ${Object.keys(wormCatalogue).join(", ")}, got ${name}`);
  }
  return [
    wormLike(name, {
      startAfterMs: Number(after) * 1_000,
      ...(rate === undefined ? {} : { contactsPerSecond: Number(rate) }),
      ...(contactsMax === undefined ? {} : { contactsPerHostMax: Number(contactsMax) }),
    }),
  ];
}

/** A file that is written as it comes, or compressed at the end when its name ends in .gz. */
function openOutput(path: string): { sink: (bytes: Uint8Array) => void; close: () => void } {
  const handle = openSync(path, "w");
  if (!path.endsWith(".gz")) return { sink: (bytes) => void writeSync(handle, bytes), close: () => closeSync(handle) };
  const chunks: Uint8Array[] = [];
  return {
    sink: (bytes) => void chunks.push(bytes),
    close: () => {
      writeSync(handle, gzipSync(Buffer.concat(chunks), { level: 9 }));
      closeSync(handle);
    },
  };
}

main();
