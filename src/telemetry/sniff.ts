// The first bytes of an input in, its format out, or one sentence why it is refused. Only content decides, never the
// name. A refusal reads "the input must be <rule>, got <what it is>", so that the caller only adds the path.

import { readCsvHeader } from "./logs/csv-header.ts";
import type { Format } from "./decoder.ts";
import { sniffJson } from "./sniff-json.ts";
import { zeekFormatOfPath } from "./logs/zeek-paths.ts";

export type Sniffed = { readonly format: Format } | { readonly refused: string };

/** How many bytes are worth gathering before a refusal is final. */
export const sniffBytes = 65_536;

const refuse = (rule: string, got: string): Sniffed => ({ refused: `the input must be ${rule}, got ${got}` });

/**
 * Tells the format from the first bytes (decompressed).
 * @param isWhole  nothing comes after `head`: lets a cut header be told from one that is still on its way
 */
export function sniff(head: Uint8Array, isWhole = true): Sniffed {
  if (head.length === 0) return refuse("a capture, a flow export or a log", "an empty file");
  return sniffCapture(head) ?? sniffExport(head) ?? sniffForeign(head) ?? sniffText(head, isWhole);
}

function u16(bytes: Uint8Array, at: number): number {
  return at + 2 <= bytes.length ? bytes[at] * 256 + bytes[at + 1] : -1;
}

function u32(bytes: Uint8Array, at: number): number {
  return at + 4 <= bytes.length ? u16(bytes, at) * 65_536 + u16(bytes, at + 2) : -1;
}

const swap32 = (word: number): number =>
  (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;

/** Microseconds, nanoseconds, and the modified format with longer packet headers. */
const pcapMagics = new Set([0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34]);

function sniffCapture(head: Uint8Array): Sniffed | null {
  const magic = u32(head, 0);
  if (pcapMagics.has(magic) || (magic >= 0 && pcapMagics.has(swap32(magic)))) {
    if (head.length < 24)
      return refuse("complete", `a pcap capture cut inside its first header (${head.length} bytes)`);
    return { format: "pcap" };
  }
  if (magic !== 0x0a0d0d0a) return null;
  const order = u32(head, 8);
  if (order === -1 || head.length < 28) {
    return refuse("complete", `a pcapng capture cut inside its first header (${head.length} bytes)`);
  }
  if (order === 0x1a2b3c4d || order === 0x4d3c2b1a) return { format: "pcapng" };
  return refuse("a valid capture", "a pcapng section header with an unknown byte order");
}

/** Raw datagrams, one after the other, as collectors write them to disk. */
function sniffExport(head: Uint8Array): Sniffed | null {
  const version = u16(head, 0);
  const count = u16(head, 2);
  const cut = (name: string): Sniffed =>
    refuse("complete", `a ${name} datagram cut inside its header (${head.length} bytes)`);
  if (version === 5 && (count === -1 || (count >= 1 && count <= 100))) {
    return head.length < 24 ? cut("NetFlow v5") : { format: "netflow5" };
  }
  // Seconds since 1970 at offset 8 from 1998 on: the rest of the header is one of NetFlow v5.
  if (version === 5 && u32(head, 8) > 9e8 && head.length >= 24) {
    return refuse("a NetFlow v5 datagram with 1 to 100 records", `one that claims ${count}`);
  }
  if (version === 9 && (count === -1 || count <= 4096)) {
    if (head.length < 20) return cut("NetFlow v9");
    return head.length < 24 || isSetId(u16(head, 20), 0, 1) ? { format: "netflow9" } : null;
  }
  if (version === 10 && (count === -1 || count >= 16)) {
    if (head.length < 16) return cut("IPFIX");
    return head.length < 20 || isSetId(u16(head, 16), 2, 3) ? { format: "ipfix" } : null;
  }
  if (u32(head, 0) === 5 && head.length >= 8 && (u32(head, 4) === 1 || u32(head, 4) === 2)) {
    return head.length < 28 ? cut("sFlow v5") : { format: "sflow" };
  }
  if ((version === 7 || version === 8) && count >= 1 && count <= 60 && head.length >= 24) {
    return refuse("NetFlow v5, NetFlow v9, IPFIX or sFlow v5", `a NetFlow v${version} datagram`);
  }
  return null;
}

function isSetId(id: number, template: number, options: number): boolean {
  return id === template || id === options || id >= 256;
}

interface ForeignMagic {
  readonly magic: readonly number[];
  readonly rule: string;
  readonly got: string;
}

const ascii = (text: string): number[] => [...Buffer.from(text)];
const decompressed = (command: string): string => `decompressed first (${command})`;
const editcap = "converted first (editcap -F pcap FILE FILE.pcap)";

const foreignMagics: readonly ForeignMagic[] = [
  {
    magic: ascii("ElfFile\0"),
    rule: "converted first (evtx_dump -o jsonl -f FILE.jsonl FILE)",
    got: "a Windows event log (.evtx)",
  },
  { magic: [0x0c, 0xa5], rule: "converted first (nfdump -q -r FILE -o csv > FILE.csv)", got: "an nfdump file" },
  { magic: [0xa5, 0x0c], rule: "converted first (nfdump -q -r FILE -o csv > FILE.csv)", got: "an nfdump file" },
  { magic: [0x50, 0x4b, 3, 4], rule: decompressed("unzip FILE"), got: "a zip archive" },
  { magic: [0x50, 0x4b, 5, 6], rule: decompressed("unzip FILE"), got: "an empty zip archive" },
  { magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], rule: decompressed("7z x FILE"), got: "a 7z archive" },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], rule: decompressed("xz -d FILE"), got: "an xz file" },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], rule: decompressed("zstd -d FILE"), got: "a zstd file" },
  { magic: ascii("BZh"), rule: decompressed("bzip2 -d FILE"), got: "a bzip2 file" },
  { magic: [0x04, 0x22, 0x4d, 0x18], rule: decompressed("lz4 -d FILE"), got: "an lz4 file" },
  { magic: [0x1f, 0x8b], rule: "readable gzip, nested at most three deep", got: "gzip data that does not open" },
  { magic: ascii("snoop\0\0\0"), rule: editcap, got: "a snoop capture" },
  { magic: ascii("GMBU"), rule: editcap, got: "a Microsoft Network Monitor capture" },
  { magic: ascii("RTSS"), rule: editcap, got: "a Microsoft Network Monitor 1 capture" },
  { magic: ascii("XCP\0"), rule: editcap, got: "a NetXRay capture" },
  { magic: ascii("PAR1"), rule: "exported as CSV or JSON first", got: "a Parquet file" },
  { magic: ascii("SQLite format 3\0"), rule: "exported as CSV or JSON first", got: "an SQLite database" },
  { magic: ascii("%PDF"), rule: "a capture, a flow export or a log", got: "a PDF document" },
  { magic: [0xff, 0xfe], rule: "UTF-8 text (iconv -f UTF-16 -t UTF-8 FILE > FILE.txt)", got: "UTF-16 text" },
  { magic: [0xfe, 0xff], rule: "UTF-8 text (iconv -f UTF-16 -t UTF-8 FILE > FILE.txt)", got: "UTF-16 text" },
];

function sniffForeign(head: Uint8Array): Sniffed | null {
  for (const { magic, rule, got } of foreignMagics) {
    if (head.length >= magic.length && magic.every((byte, at) => head[at] === byte)) return refuse(rule, got);
  }
  if (head.every((byte) => byte === 0)) return refuse("a capture, a flow export or a log", "only zero bytes");
  if (isErf(head)) return refuse(editcap, "an ERF capture");
  if (head.subarray(0, 4096).includes(0)) {
    return refuse(
      "one of the formats of docs/protocols.md",
      `binary data of an unknown format (first bytes ${hexOf(head)})`,
    );
  }
  return null;
}

const hexOf = (head: Uint8Array): string =>
  [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

/** ERF has no magic: two records in a row must make sense (16-byte headers, known types, times within an hour). */
function isErf(head: Uint8Array): boolean {
  if (head.length < 32) return false;
  const isRecord = (at: number): boolean => {
    const type = head[at + 8] & 0x7f;
    return type >= 1 && type <= 48 && u16(head, at + 10) >= 16 && u16(head, at + 14) > 0 && u16(head, at + 14) < 65_000;
  };
  const secondsOf = (at: number): number => swap32(u32(head, at + 4));
  const next = u16(head, 10);
  if (!isRecord(0) || next + 16 > head.length || !isRecord(next)) return false;
  const seconds = secondsOf(0);
  return seconds > 3e8 && seconds < 4e9 && Math.abs(secondsOf(next) - seconds) < 3600;
}

function sniffText(head: Uint8Array, isWhole: boolean): Sniffed {
  const text = new TextDecoder("utf-8")
    .decode(head)
    .replace(/^\uFEFF/, "")
    .trimStart();
  if (text === "") return refuse("a capture, a flow export or a log", "an empty text");
  if (text.startsWith("{") || text.startsWith("[")) return sniffJson(text, isWhole);
  if (/^#(separator|fields|path)/.test(text)) return sniffZeekHeader(text);
  if (isWhole && text.length >= 4 && "#separator \\x09".startsWith(text.trimEnd())) {
    return refuse("complete", "a Zeek log cut inside its first header");
  }
  if (text.startsWith("<")) {
    const isEvents = /<Events?[\s>]/.test(text);
    return isEvents
      ? refuse("JSON (evtx_dump -o jsonl -f FILE.jsonl FILE.evtx)", "Windows events as XML")
      : refuse("a capture, a flow export or a log", "an XML or HTML document");
  }
  if (text.startsWith("Date first seen")) return refuse("CSV (nfdump -q -r FILE -o csv)", "nfdump's text output");
  for (const line of text.split(/\r?\n/, 8)) {
    if (line.trim() !== "" && readCsvHeader(line) !== null) return { format: "csv" };
  }
  return refuse(
    "a capture, a flow export, a Zeek, Suricata or Windows log, or CSV with a header",
    `text that is none of them ("${printable(text.split(/\r?\n/, 1)[0])}")`,
  );
}

const printable = (line: string): string =>
  line
    .slice(0, 40)
    .replace(/[^ -~]/g, "?")
    .replaceAll('"', "'");

/** A Zeek TSV header: `#path` names the log; without it the fields do. */
function sniffZeekHeader(text: string): Sniffed {
  const path = /^#path[ \t]+(\S+)/m.exec(text)?.[1];
  const fields = /^#fields[^\n]*\n/m.exec(text)?.[0];
  if (fields === undefined) return refuse("complete", "a Zeek log cut inside its first header");
  if (path !== undefined) return { format: zeekFormatOfPath(path) };
  return { format: fields.includes("conn_state") ? "zeek-conn" : "zeek-other" };
}
