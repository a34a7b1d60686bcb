import { describe, expect, test } from "vitest";
import { sniff } from "./sniff.ts";

const bytes = (...values: number[]): Uint8Array =>
  Uint8Array.from([...values, ...Array<number>(64 - values.length).fill(1)]);
const text = (value: string): Uint8Array => Buffer.from(value);
const formatOf = (head: Uint8Array): string => {
  const sniffed = sniff(head);
  return "format" in sniffed ? sniffed.format : sniffed.refused;
};

describe("sniff() by content", () => {
  test.each([
    ["pcap", bytes(0xd4, 0xc3, 0xb2, 0xa1)],
    ["pcap", bytes(0xa1, 0xb2, 0xc3, 0xd4)],
    ["pcap", bytes(0x4d, 0x3c, 0xb2, 0xa1)],
    ["pcap", bytes(0x34, 0xcd, 0xb2, 0xa1)],
    ["pcapng", bytes(0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a)],
    ["netflow5", bytes(0, 5, 0, 12)],
    ["netflow9", bytes(0, 9, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 40)],
    ["ipfix", bytes(0, 10, 0, 64, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 2, 0, 40)],
    ["sflow", bytes(0, 0, 0, 5, 0, 0, 0, 1)],
  ])("binary: %s", (format, head) => expect(formatOf(head)).toBe(format));

  test.each([
    ["zeek-conn", "#separator \\x09\n#path\tconn\n#fields\tts\tuid\n"],
    ["zeek-smb", "#separator \\x09\n#path\tsmb_mapping\n#fields\tts\tuid\n"],
    ["zeek-other", "#separator \\x09\n#path\tkerberos\n#fields\tts\tuid\n"],
    ["zeek-conn", '{"ts":1,"uid":"C","id.orig_h":"10.0.0.1","proto":"tcp","conn_state":"S0"}\n'],
    [
      "zeek-dns",
      '{"ts":"2020-01-01T00:00:00Z","uid":"C","id":{"orig_h":"10.0.0.1"},"proto":"udp","trans_id":1,"query":"a"}',
    ],
    ["zeek-dce-rpc", '{"ts":1,"uid":"C","id_orig_h":"10.0.0.1","endpoint":"svcctl","operation":"x"}'],
    ["zeek-smb", '{"ts":1,"uid":"C","id.orig_h":"10.0.0.1","action":"SMB::FILE_OPEN","name":"a"}'],
    ["zeek-notice", '{"ts":1,"note":"Scan::Port_Scan","msg":"m"}'],
    ["zeek-other", '{"ts":1,"uid":"C","id.orig_h":"10.0.0.1","client":"x","request_type":"AS"}'],
    [
      "zeek-conn",
      '{"ts":1,"uid":"C","id.orig_h":"1.1.1.1"}\n{"ts":1,"uid":"C","id.orig_h":"1.1.1.1","conn_state":"SF"}\n',
    ],
    ["zeek-conn", '{"_path":"conn","ts":1}'],
    ["eve", '{"timestamp":"2020-01-01T00:00:00+0000","event_type":"stats"}'],
    ["eve", '\uFEFF[\n {"timestamp":"x","event_type":"alert"}]'],
    ["windows-json", '{"EventID":4624,"Channel":"Security","Hostname":"A"}'],
    ["windows-json", '{"@timestamp":"x","winlog":{"event_id":3}}'],
    ["windows-json", '{"Event":{"System":{"EventID":4625}}}'],
    ["csv", "ts,te,td,sa,da,sp,dp,pr,flg\n"],
    ["csv", "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State\n"],
    ["csv", "# made by hand\n\nsource ip;destination ip;destination port\n"],
    ["csv", '"@timestamp","source.ip","destination.ip","network.transport"\n'],
  ])("text: %s from %s", (format, head) => expect(formatOf(text(head))).toBe(format));

  test.each([
    ["evtx_dump", text("ElfFile\0")],
    ["nfdump -q -r FILE -o csv", bytes(0x0c, 0xa5, 1, 0)],
    ["zip archive", text("PK\x03\x04")],
    ["7z", bytes(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)],
    ["xz -d", bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)],
    ["zstd -d", bytes(0x28, 0xb5, 0x2f, 0xfd)],
    ["bzip2 -d", text("BZh91AY")],
    ["snoop", text("snoop\0\0\0")],
    ["Network Monitor", text("GMBU")],
    ["UTF-16", bytes(0xff, 0xfe)],
    ["empty file", new Uint8Array(0)],
    ["only zero bytes", new Uint8Array(100)],
    ["cut inside its first header", bytes(0xd4, 0xc3, 0xb2, 0xa1).subarray(0, 20)],
    ["cut inside its first header", bytes(0x0a, 0x0d, 0x0d, 0x0a).subarray(0, 10)],
    ["cut inside its header", Uint8Array.of(0, 5, 0)],
    ["cut inside its header", Uint8Array.of(0, 9, 0, 1, 0)],
    ["cut inside its first header", text("#separator")],
    ["cut inside its first header", text("#separator \\x09\n#path\tconn\n#fiel")],
    ["cut or broken inside its first record", text('{"ts":1,"ui')],
    ["JSON of another kind (name, price)", text('{"name":"x","price":3}')],
    ["empty JSON array", text("[]")],
    ["Windows events as XML", text('<?xml version="1.0"?><Events><Event/></Events>')],
    ["text that is none of them", text("Dear colleague,\nhere is the file.\n")],
    ["unknown format", bytes(0x13, 0x37, 0, 0)],
    ["nfdump's text output", text("Date first seen          Duration Proto\n")],
    ["one that claims 55582", bytes(0, 5, 0xd9, 0x1e, 0, 3, 0x41, 0x0f, 0x55, 0x30, 0xa9, 0x19)],
    ["NetFlow v7", bytes(0, 7, 0, 3)],
  ])("refuses, naming it: %s", (name, head) => {
    const refused = formatOf(head);
    expect(refused).toContain(name);
    expect(refused).toMatch(/^the input must be [^\n]+, got [^\n]+[^.]$/);
  });

  test("never throws on any beginning of any input, and gives one line", () => {
    const heads = [
      bytes(0, 9, 0, 2),
      bytes(0, 10, 0, 60),
      text('[{"a":"\\u12"},{"event_type":1}'),
      text("#fields\n"),
      text("a,b\n\n\n"),
    ];
    for (const head of heads) {
      for (let length = 0; length <= head.length; length++)
        expect(formatOf(head.subarray(0, length))).not.toContain("\n");
    }
  });
});
