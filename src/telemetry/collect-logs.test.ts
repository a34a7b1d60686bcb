// Real logs that may be kept here (test/captures): rows against a reader of its own that knows nothing of the decoders.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readLog, type Row } from "../../test/logs/read-log.ts";
import type { Format } from "./decoder.ts";
import { sniff } from "./sniff.ts";

const folder = fileURLToPath(new URL("../../test/captures/", import.meta.url));

function load(name: string): Buffer {
  const bytes = readFileSync(folder + name);
  return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

/** The slow way: JSON.parse or split, then a map. */
function records(text: string): Record<string, string>[] {
  if (!text.startsWith("#")) {
    return text
      .trim()
      .split("\n")
      .map((line) =>
        Object.fromEntries(Object.entries(JSON.parse(line) as object).map(([key, value]) => [key, String(value)])),
      );
  }
  let fields: string[] = [];
  const found: Record<string, string>[] = [];
  for (const line of text.trim().split("\n")) {
    if (line.startsWith("#fields")) fields = line.split("\t").slice(1);
    if (!line.startsWith("#"))
      found.push(Object.fromEntries(line.split("\t").map((cell, column) => [fields[column], cell])));
  }
  return found;
}

const timeOf = (ts: string): number =>
  ts.includes("T") ? Date.parse(ts.replace(/(\.\d{3})\d*Z/, "$1Z")) : Number(ts) * 1000;
const ends = ({ source, target, sourcePort, targetPort }: Row): string[] =>
  [`${source} ${sourcePort}`, `${target} ${targetPort}`].sort();

test.each(["ctu13-ssh-scan-conn.json.gz", "zat-ad_conn.log", "m57-oneway_conn.log.gz"])(
  "%s: every TCP row is a line of the log, and every answered line a row",
  (name) => {
    const bytes = load(name);
    expect(sniff(bytes.subarray(0, 65_536))).toEqual({ format: "zeek-conn" });
    const keyOf = (time: number, pair: readonly string[]): string => `${Math.floor(time)} ${pair.join(" ")}`;
    const lines = new Map<string, Record<string, string>>();
    for (const record of records(bytes.toString())) {
      if (record["proto"] !== "tcp") continue;
      const pair = [
        `${record["id.orig_h"]} ${record["id.orig_p"]}`,
        `${record["id.resp_h"]} ${record["id.resp_p"]}`,
      ].sort();
      lines.set(keyOf(timeOf(record["ts"]), pair), record);
    }
    const { rows } = readLog("zeek-conn", bytes, { chunkBytes: 65_536 });
    const tcpRows = rows.filter(({ protocol }) => protocol === 6);
    for (const row of tcpRows) {
      const record = lines.get(keyOf(row.startMs, ends(row)));
      expect(record, JSON.stringify(row)).toBeDefined();
      const both = [Number(record!["orig_ip_bytes"]), Number(record!["resp_ip_bytes"])];
      for (const count of [row.bytes, row.bytesBack]) if (count !== -1) expect(both).toContain(count);
    }
    const answered = [...lines.values()].filter((record) =>
      ["SF", "S1", "S2", "S3", "RSTO", "RSTR"].includes(record["conn_state"]),
    );
    expect(tcpRows.filter(({ outcome }) => outcome === 1).length).toBeGreaterThanOrEqual(answered.length);
  },
);

test.each<[string, Format, number, number, number]>([
  ["ctu13-ssh-scan-conn.json.gz", "zeek-conn", 729, 716, 0],
  ["m57-oneway_conn.log.gz", "zeek-conn", 6974, 5550, 0],
  ["zat-ad_conn.log", "zeek-conn", 50, 50, 0],
  ["zat-ad_dce_rpc.log", "zeek-dce-rpc", 7, 0, 0],
  ["zat-ad_smb_mapping.log", "zeek-smb", 7, 0, 0],
  ["vast-eve.json.gz", "eve", 1183, 21, 1162],
  ["honeypot2018-alerts.json", "eve", 44, 0, 44],
  ["covenant_copy_smb_CreateRequest_2020-09-22145302.json.gz", "windows-json", 506, 3, 2],
])("%s: %s with %i records, %i flows, %i observations", (name, format, recordCount, flowCount, observationCount) => {
  const bytes = load(name);
  expect(sniff(bytes.subarray(0, 65_536), false)).toEqual({ format });
  const { report, observations } = readLog(format, bytes, { chunkBytes: 1000 });
  expect([report.records, report.flows, observations.length]).toEqual([recordCount, flowCount, observationCount]);
});
