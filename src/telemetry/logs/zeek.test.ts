import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readLog, zeekTsv } from "../../../test/logs/read-log.ts";

const connFields =
  "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto duration orig_bytes resp_bytes conn_state history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes".split(
    " ",
  );

type Conn = Readonly<Record<string, string>>;

const plain: Conn = {
  ts: "1258531221.486539",
  uid: "C1",
  "id.orig_h": "192.168.1.102",
  "id.orig_p": "50123",
  "id.resp_h": "192.168.1.1",
  "id.resp_p": "445",
  proto: "tcp",
  duration: "0.163820",
  orig_bytes: "301",
  resp_bytes: "300",
  conn_state: "SF",
  history: "ShADadfF",
  orig_pkts: "7",
  orig_ip_bytes: "629",
  resp_pkts: "6",
  resp_ip_bytes: "628",
};

const tsv = (conns: readonly Conn[], fields: readonly string[] = connFields): string =>
  zeekTsv(
    "conn",
    fields,
    conns.map((conn) => fields.map((field) => conn[field] ?? "-")),
  );

const numeric = new Set(
  "ts id.orig_p id.resp_p duration orig_bytes resp_bytes orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes".split(" "),
);

/** The same records as JSON, in one of the key styles. */
function json(conns: readonly Conn[], style: "dotted" | "underscored" | "nested"): string {
  const lines = conns.map((conn) => {
    const record: Record<string, unknown> = {};
    for (const [key, text] of Object.entries(conn)) {
      if (text === "-") continue;
      const value = numeric.has(key) ? Number(text) : text;
      if (!key.startsWith("id.") || style === "dotted") record[key] = value;
      else if (style === "underscored") record[key.replace(".", "_")] = value;
      else record["id"] = { ...(record["id"] as object), [key.slice(3)]: value };
    }
    return JSON.stringify(record);
  });
  return `${lines.join("\n")}\n`;
}

const letters = fc.stringMatching(/^\^?[ShADdaFfRrHCT]{0,7}$/).map((text) => text || "-");
const state = fc.constantFrom(
  "S0",
  "S1",
  "S2",
  "S3",
  "SF",
  "REJ",
  "RSTO",
  "RSTR",
  "RSTOS0",
  "RSTRH",
  "SH",
  "SHR",
  "OTH",
  "-",
);
const count = fc.nat({ max: 100_000 }).map(String);
const host = fc.oneof(
  fc
    .tuple(fc.constantFrom(10, 192, 224), fc.nat({ max: 255 }), fc.nat({ max: 255 }))
    .map(([a, b, c]) => `${a}.0.${b}.${c}`),
  fc.nat({ max: 0xffff }).map((group) => `2001:db8::${group.toString(16)}`),
);
const conn: fc.Arbitrary<Conn> = fc
  .record({
    micros: fc.nat({ max: 2_000_000_000 }),
    source: host,
    target: host,
    ports: fc.tuple(fc.nat({ max: 65_535 }), fc.constantFrom(22, 53, 80, 445, 3389, 50_000)),
    proto: fc.constantFrom("tcp", "udp", "icmp", "unknown_transport"),
    duration: fc.oneof(
      fc.constant("-"),
      fc.nat({ max: 90_000_000 }).map((micros) => (micros / 1e6).toFixed(6)),
    ),
    counts: fc.tuple(count, count, count, count, count, count),
    state,
    history: letters,
  })
  .map(({ micros, source, target, ports, proto, duration, counts, state, history }) => ({
    ts: (1_600_000_000 + micros / 1000).toFixed(6),
    uid: "C1",
    "id.orig_h": source,
    "id.orig_p": String(ports[0]),
    "id.resp_h": target,
    "id.resp_p": String(ports[1]),
    proto,
    duration,
    orig_bytes: counts[0],
    resp_bytes: counts[1],
    conn_state: state,
    history,
    orig_pkts: counts[2],
    orig_ip_bytes: counts[3],
    resp_pkts: counts[4],
    resp_ip_bytes: counts[5],
  }));

describe("Zeek conn", () => {
  test("a row holds what the line says", () => {
    const { rows, report } = readLog("zeek-conn", tsv([plain]));
    expect(rows).toEqual([
      {
        atMs: 1_258_531_221_486.539,
        startMs: 1_258_531_221_486.539,
        durationMs: Math.fround(163.82),
        source: "192.168.1.102",
        target: "192.168.1.1",
        sourcePort: 50_123,
        targetPort: 445,
        protocol: 6,
        phase: 3,
        outcome: 1,
        direction: 2,
        bytes: 629,
        packets: 7,
        bytesBack: 628,
        packetsBack: 6,
      },
    ]);
    expect(report.flows).toBe(1);
    expect(report.skipped.counts.size).toBe(0);
  });

  test("TSV, JSON in three key styles, and columns in any order give the same rows and counts", () => {
    fc.assert(
      fc.property(
        fc.array(conn, { maxLength: 8 }),
        fc.shuffledSubarray(connFields, { minLength: connFields.length }),
        (conns, order) => {
          const expected = readLog("zeek-conn", tsv(conns));
          const others = [tsv(conns, order), json(conns, "dotted"), json(conns, "underscored"), json(conns, "nested")];
          for (const text of others) {
            const got = readLog("zeek-conn", text, { chunkBytes: 100 });
            expect(got.rows).toEqual(expected.rows);
            expect(got.report.skipped.toJSON()).toEqual(expected.report.skipped.toJSON());
          }
          const skipped = Object.entries(expected.report.skipped.toJSON()).filter(([reason]) => reason !== "late");
          expect(skipped.reduce((sum, [, n]) => sum + n, expected.report.flows)).toBe(conns.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("times as ISO 8601 and as seconds are the same", () => {
    const text = json([plain], "dotted").replace("1258531221.486539", '"2009-11-18T08:00:21.486539Z"');
    expect(readLog("zeek-conn", text).rows).toEqual(readLog("zeek-conn", tsv([plain])).rows);
  });

  test("CRLF and a missing last line end change nothing", () => {
    const text = tsv([plain, plain]);
    const expected = readLog("zeek-conn", text).rows;
    expect(readLog("zeek-conn", text.replaceAll("\n", "\r\n")).rows).toEqual(expected);
    expect(readLog("zeek-conn", text.trimEnd()).rows).toEqual(expected);
  });

  test("a second header in the file changes the columns, and a second log is read as what it is", () => {
    const dns = zeekTsv(
      "dns",
      ["ts", "id.orig_h", "id.resp_h", "query"],
      [["1258531222.0", "10.0.0.5", "10.0.0.1", "Bad.Example"]],
    );
    const text = tsv([plain]) + tsv([plain], [...connFields].reverse()) + dns;
    const { rows, observations, report } = readLog("zeek-conn", text, { watched: ["bad.example"] });
    expect(rows).toHaveLength(2);
    expect(rows[1]).toEqual(rows[0]);
    expect(observations).toEqual([
      { kind: "name-lookup", atMs: 1_258_531_222_000, source: "10.0.0.5", name: "bad.example" },
    ]);
    expect(report.format).toBe("zeek-conn");
  });

  const outcomes: readonly (readonly [state: string, history: string, outcome: string])[] = [
    ["S0", "S", "unanswered"],
    ["S0", "ST", "unanswered"],
    ["S0", "-", "unanswered"],
    ["S0", "SAD", "answered"],
    ["SH", "SADF", "answered"],
    ["SH", "AF", "answered"],
    ["SH", "F", "unknown"],
    ["RSTOS0", "SADR", "answered"],
    ["RSTOS0", "SR", "unknown"],
    ["RSTOS0", "R", "skipped"],
    ["REJ", "Sr", "refused"],
    ["S1", "ShADad", "answered"],
    ["SF", "ShADadfF", "answered"],
    ["RSTO", "ShADaR", "answered"],
    ["RSTR", "ShADar", "answered"],
    ["SHR", "^hadf", "answered"],
    ["SHR", "^h", "skipped"],
    ["RSTRH", "^hr", "skipped"],
    ["RSTRH", "^r", "skipped"],
    ["OTH", "DadA", "answered"],
    ["OTH", "A", "unknown"],
    ["OTH", "^h", "skipped"],
    ["OTH", "-", "unknown"],
  ];
  const outcomeNames = ["unknown", "answered", "refused", "unanswered"];

  test.each(outcomes)("tcp %s %s is %s", (conn_state, history, expected) => {
    const { rows, report } = readLog("zeek-conn", tsv([{ ...plain, conn_state, history }]));
    if (expected !== "skipped") expect(outcomeNames[rows[0].outcome]).toBe(expected);
    else expect([rows.length, report.skipped.toJSON()]).toEqual([0, { "reply-without-request": 1 }]);
  });

  test("a connection seen from the middle is turned by its ports, with its counts", () => {
    const middle = { ...plain, conn_state: "OTH", history: "DdA", "id.orig_p": "445", "id.resp_p": "50123" };
    const [row] = readLog("zeek-conn", tsv([middle])).rows;
    expect(row).toMatchObject({ source: "192.168.1.1", target: "192.168.1.102", sourcePort: 50_123, targetPort: 445 });
    expect(row).toMatchObject({ bytes: 628, bytesBack: 629, packets: 6, packetsBack: 7, direction: 1, outcome: 1 });
  });

  test("answers, errors and group addresses are no contacts", () => {
    const icmp = { ...plain, proto: "icmp", conn_state: "OTH", history: "-" };
    const text = tsv([
      { ...icmp, "id.orig_p": "8", "id.resp_p": "0", resp_pkts: "0" },
      { ...icmp, "id.orig_p": "3", "id.resp_p": "1" },
      { ...icmp, "id.orig_p": "0", "id.resp_p": "0" },
      { ...icmp, "id.orig_h": "2001:db8::1", "id.resp_h": "2001:db8::2", "id.orig_p": "128", "id.resp_p": "129" },
      { ...plain, proto: "udp", "id.resp_h": "224.0.0.251", "id.resp_p": "5353" },
      { ...plain, proto: "udp", "id.resp_h": "192.168.1.255", "id.resp_p": "137" },
      { ...plain, "id.orig_h": "0.0.0.0" },
      {
        ...plain,
        proto: "udp",
        "id.orig_p": "1900",
        "id.resp_p": "44232",
        conn_state: "S0",
        history: "D",
        resp_pkts: "0",
      },
    ]);
    const { rows, report } = readLog("zeek-conn", text);
    expect(rows.map(({ protocol, targetPort, outcome }) => [protocol, targetPort, outcome])).toEqual([
      [1, 8 * 256, 3],
      [58, 128 * 256, 1],
    ]);
    expect(report.skipped.toJSON()).toEqual({ "no-address": 3, "reply-without-request": 3 });
  });

  test("a sensor that sees one direction is recognised, and what it can not see is not told as a failure", () => {
    const oneWay = { ...plain, conn_state: "SH", history: "SADF", resp_pkts: "0", resp_ip_bytes: "0" };
    const query = { ...oneWay, proto: "udp", "id.resp_p": "53", conn_state: "S0", history: "D" };
    const { rows, report } = readLog("zeek-conn", tsv([...Array<Conn>(12).fill(oneWay), query]));
    expect(report.notVisible).toContain("reverse-direction");
    expect(rows[0]).toMatchObject({ outcome: 1, bytesBack: -1, packetsBack: -1 });
    expect(rows[12]).toMatchObject({ outcome: 0 });
    expect(readLog("zeek-conn", tsv(Array<Conn>(12).fill(plain))).report.notVisible).not.toContain("reverse-direction");
  });

  test("times are judged by the end of the flow: late ones are used and counted, impossible ones are not used", () => {
    const conns = [
      plain,
      { ...plain, ts: "1258530000.000000" },
      { ...plain, ts: "1258530000.000000", duration: "1221.0" },
      { ...plain, ts: "0.500000" },
      { ...plain, ts: "9999999999.0" },
      { ...plain, ts: "-" },
    ];
    const { rows, report } = readLog("zeek-conn", tsv(conns));
    expect(rows).toHaveLength(4);
    expect(report.skipped.toJSON()).toEqual({ "bad-time": 2, late: 2 });
    expect(readLog("zeek-conn", tsv([{ ...plain, ts: "0.500000" }])).rows[0].startMs).toBe(500);
  });

  test("a line with too few or too many columns, or no JSON, is counted as bad", () => {
    const text = `${tsv([plain])}cut\tline\n${Array(40).fill("x").join("\t")}\n{"ts":1\nnonsense\n`;
    expect(readLog("zeek-conn", text).report.skipped.toJSON()).toEqual({ "bad-line": 4 });
  });

  test("a last line that was cut is told from a bad one", () => {
    const text = tsv([plain, plain]).trimEnd();
    expect(readLog("zeek-conn", text.slice(0, -12)).report.skipped.toJSON()).toEqual({ truncated: 1 });
    expect(readLog("zeek-conn", json([plain, plain], "dotted").slice(0, -40)).report.skipped.toJSON()).toEqual({
      truncated: 1,
    });
  });

  test("survives a cut at every byte, and never makes a row that the whole has not", () => {
    for (const text of [tsv([plain, { ...plain, history: "-" }]), json([plain, plain], "nested")]) {
      const bytes = Buffer.from(text);
      for (let length = 0; length <= bytes.length; length++) {
        const { rows, report } = readLog("zeek-conn", bytes.subarray(0, length));
        expect(rows.length).toBe(report.flows);
        expect(report.records).toBeGreaterThanOrEqual(report.flows);
      }
    }
  });
});

describe("other Zeek logs", () => {
  const ends = { ts: "1600000000.0", "id.orig_h": "10.0.0.5", "id.resp_h": "10.0.0.9" };
  const records = (list: readonly object[]): string =>
    list.map((record) => JSON.stringify({ ...ends, ...record })).join("\n");
  const base = { atMs: 1_600_000_000_000, source: "10.0.0.5", target: "10.0.0.9" };

  test("dce_rpc calls that run something become remote executions; everyday calls do not", () => {
    const text = records([
      { endpoint: "svcctl", operation: "CreateServiceW" },
      { endpoint: "svcctl", operation: "OpenSCManagerW" },
      { endpoint: "ITaskSchedulerService", operation: "SchRpcRegisterTask" },
      { endpoint: "atsvc", operation: "NetrJobAdd" },
      { endpoint: "IWbemServices", operation: "ExecMethod" },
      { endpoint: "winreg", operation: "BaseRegSetValue" },
      { endpoint: "samr", operation: "SamrEnumerateUsersInDomain" },
      { endpoint: "samr", operation: "SamrConnect5" },
      { endpoint: "drsuapi", operation: "DRSBind" },
    ]);
    const { observations, report } = readLog("zeek-dce-rpc", text);
    expect(observations.map((o) => o["how"])).toEqual([
      "service",
      "scheduled-task",
      "scheduled-task",
      "wmi",
      "remote-registry",
      "account-query",
    ]);
    expect(observations[0]).toEqual({ kind: "remote-execution", ...base, how: "service" });
    expect(report.skipped.toJSON()).toEqual({ "unused-event": 3 });
  });

  test("renames are counted per client over ten seconds; a program written to an admin share is told", () => {
    const text = records([
      ...Array.from({ length: 5 }, (_, index) => ({ ts: 1_600_000_000 + index, action: "SMB::FILE_RENAME" })),
      { ts: 1_600_000_020, action: "SMB::FILE_RENAME" },
      { action: "SMB::FILE_WRITE", path: "\\\\srv\\ADMIN$", name: "PSEXESVC.exe" },
      { action: "SMB::FILE_OPEN", path: "\\\\srv\\C$", name: "Windows\\evil.dll", size: 0 },
      { action: "SMB::FILE_OPEN", path: "\\\\srv\\C$", name: "Windows\\notepad.exe", size: 9_000 },
      { action: "SMB::FILE_WRITE", path: "\\\\srv\\Shared", name: "setup.exe" },
      { path: "\\\\srv\\IPC$", share_type: "PIPE" },
    ]);
    const { observations, report } = readLog("zeek-smb", text);
    expect(observations.filter((o) => o["kind"] === "share-renames").map((o) => o["count"])).toEqual([5, 1]);
    expect(observations.filter((o) => o["how"] === "admin-share-write")).toHaveLength(2);
    expect(report.skipped.toJSON()).toEqual({ "unused-event": 3 });
  });

  test("a notice is an alert from its actor", () => {
    const { observations } = readLog(
      "zeek-notice",
      records([{ note: "Scan::Address_Scan", msg: "m", src: "10.0.0.7", p: 445 }]),
    );
    expect(observations[0]).toMatchObject({
      kind: "alert",
      source: "10.0.0.7",
      target: "10.0.0.9",
      targetPort: 445,
      signature: "Scan::Address_Scan",
    });
  });

  test("names that are not watched are counted and not kept", () => {
    const { observations, report } = readLog(
      "zeek-dns",
      records([{ query: "secret.example" }, { query: "WATCHED.example." }]),
      { watched: ["watched.example"] },
    );
    expect(observations).toEqual([
      { kind: "name-lookup", atMs: base.atMs, source: "10.0.0.5", name: "watched.example" },
    ]);
    expect(report.skipped.toJSON()).toEqual({ "unused-event": 1 });
    expect(report.notVisible).toContain("flows");
  });
});
