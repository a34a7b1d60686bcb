import { expect, test } from "vitest";
import { decodeWhole, plainContext } from "../../../test/decode.ts";
import { zeekTsv } from "../../../test/logs/read-log.ts";
import { BatchWriter } from "../../model/batch.ts";
import { HostTable } from "../../model/host-table.ts";
import { createEveDecoder } from "./eve.ts";
import type { Decoder, DecoderContext } from "../decoder.ts";
import { createZeekDecoder } from "./zeek.ts";

const rows = 60_000;
const zeekFields =
  "ts id.orig_h id.orig_p id.resp_h id.resp_p proto duration conn_state history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes".split(
    " ",
  );
const options = { latenessMs: 600_000 };

const kinds: readonly (readonly [
  name: string,
  head: string,
  line: (row: number) => string,
  create: (context: DecoderContext) => Decoder,
])[] = [
  [
    "Zeek TSV",
    zeekTsv("conn", zeekFields, []),
    (row) =>
      `${1_700_000_000 + row / 100}\t10.0.${row & 15}.${row & 255}\t50000\t10.0.0.9\t445\ttcp\t0.123456\tSF\tShADadfF\t7\t629\t6\t628\n`,
    (context) => createZeekDecoder("zeek-conn", context, options),
  ],
  [
    "Zeek JSON",
    "",
    (row) =>
      `{"ts":${1_700_000_000 + row / 100},"id.orig_h":"10.0.${row & 15}.${row & 255}","id.orig_p":50000,"id.resp_h":"10.0.0.9","id.resp_p":445,"proto":"tcp","duration":0.123456,"conn_state":"SF","history":"ShADadfF"}\n`,
    (context) => createZeekDecoder("zeek-conn", context, options),
  ],
  [
    "EVE",
    "",
    (row) =>
      `{"timestamp":"2023-11-14T22:13:20.5Z","event_type":"flow","src_ip":"10.0.${row & 15}.${row & 255}","src_port":50000,"dest_ip":"10.0.0.9","dest_port":53,"proto":"UDP","flow":{"pkts_toserver":1,"pkts_toclient":1,"bytes_toserver":60,"bytes_toclient":90,"start":"2023-11-14T22:13:20.5Z","end":"2023-11-14T22:13:21.5Z","state":"closed"}}\n`,
    (context) => createEveDecoder(context, options),
  ],
];

test.each(kinds)("%s: a row keeps nothing on the heap", (_, head, line, create) => {
  const parts = [head];
  for (let row = 0; row < rows; row++) parts.push(line(row));
  const text = Buffer.from(parts.join(""));
  const writer = new BatchWriter(new HostTable(), () => {});
  const context = plainContext(writer, "log");
  const decode = (): number => {
    const decoder = create(context);
    decodeWhole(decoder, writer, text, 262_144);
    return decoder.report().flows;
  };
  // Compiled code and tables come into being in the first rounds.
  for (let round = 0; round < 4; round++) expect(decode()).toBe(rows);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  decode();
  globalThis.gc?.();
  // What is kept; boxed numbers that die at once are not counted. One object kept for each row would be over 50.
  const perRow = (process.memoryUsage().heapUsed - before) / rows;
  expect(perRow).toBeLessThan(1);
});
