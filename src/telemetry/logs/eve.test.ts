import { describe, expect, test } from "vitest";
import { readLog } from "../../../test/logs/read-log.ts";

const flowEvent = {
  timestamp: "2021-06-06T15:57:40.000000+0200",
  flow_id: 1,
  event_type: "flow",
  src_ip: "10.0.0.5",
  src_port: 50_000,
  dest_ip: "10.0.0.9",
  dest_port: 445,
  proto: "TCP",
  flow: {
    pkts_toserver: 5,
    pkts_toclient: 4,
    bytes_toserver: 500,
    bytes_toclient: 400,
    start: "2021-06-06T15:57:37.272281+0200",
    end: "2021-06-06T15:57:38.272281+0200",
    state: "closed",
  },
  tcp: { tcp_flags: "1b", tcp_flags_ts: "1b", tcp_flags_tc: "1b" },
};

type Change = Record<string, unknown>;

/** The event with another state, other packets and flags. */
const changed = (flow: Change, tcp: Change = {}, top: Change = {}): object => ({
  ...flowEvent,
  ...top,
  flow: { ...flowEvent.flow, ...flow },
  tcp: { ...flowEvent.tcp, ...tcp },
});
const lines = (...events: readonly object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join("");
const alertOf = (more: Change): object => {
  const { flow: _, tcp: __, ...rest } = flowEvent;
  return { ...rest, event_type: "alert", alert: { signature: "ET TEST", severity: 1 }, ...more };
};

describe("EVE flow", () => {
  test("a row holds what the event says, in lines, in an array and printed", () => {
    const expected = {
      atMs: Date.parse("2021-06-06T13:57:37Z") + 272.281,
      startMs: Date.parse("2021-06-06T13:57:37Z") + 272.281,
      durationMs: 1000,
      source: "10.0.0.5",
      target: "10.0.0.9",
      sourcePort: 50_000,
      targetPort: 445,
      protocol: 6,
      phase: 3,
      outcome: 1,
      direction: 2,
      bytes: 500,
      packets: 5,
      bytesBack: 400,
      packetsBack: 4,
    };
    for (const text of [
      lines(flowEvent),
      JSON.stringify([flowEvent]),
      JSON.stringify([flowEvent], null, 2),
      JSON.stringify(flowEvent, null, 2),
    ]) {
      for (const chunkBytes of [1, 50, 100_000]) expect(readLog("eve", text, { chunkBytes }).rows).toEqual([expected]);
    }
  });

  const nothingBack = { pkts_toclient: 0, bytes_toclient: 0, state: "new" };
  const outcomeNames = ["unknown", "answered", "refused", "unanswered"];
  test.each([
    ["answered", "SYN-ACK came back", changed({}, { tcp_flags_tc: "12" })],
    ["refused", "RST came back to a SYN", changed({}, { tcp_flags_ts: "02", tcp_flags_tc: "14" })],
    ["answered", "RST after a SYN-ACK", changed({}, { tcp_flags_ts: "1b", tcp_flags_tc: "16" })],
    ["unanswered", "a SYN alone", changed(nothingBack, { tcp_flags_ts: "02", tcp_flags_tc: "00" })],
    [
      "answered",
      "one-way sensor: the source went on",
      changed(nothingBack, { tcp_flags_ts: "1b", tcp_flags_tc: "00" }),
    ],
    [
      "skipped",
      "backscatter: SYN-ACK of nobody's SYN",
      changed({ ...nothingBack, pkts_toserver: 1 }, { tcp_flags_ts: "12", tcp_flags_tc: "00" }),
    ],
    ["skipped", "backscatter: RST alone", changed(nothingBack, { tcp_flags_ts: "14", tcp_flags_tc: "00" })],
    ["unanswered", "no flags tracked, nothing back", changed(nothingBack, { tcp_flags_ts: "00", tcp_flags_tc: "00" })],
    [
      "unknown",
      "no flags tracked, one packet back",
      changed({ pkts_toclient: 1, state: "new" }, { tcp_flags_ts: "00", tcp_flags_tc: "00" }),
    ],
    ["unanswered", "udp without an answer", changed(nothingBack, {}, { proto: "UDP", dest_port: 53 })],
    ["answered", "udp with an answer", changed({}, {}, { proto: "UDP", dest_port: 53 })],
    [
      "skipped",
      "udp answer without its question",
      changed(nothingBack, {}, { proto: "UDP", src_port: 1900, dest_port: 44_232 }),
    ],
    ["answered", "ping", changed({}, {}, { proto: "ICMP", icmp_type: 8, icmp_code: 0 })],
    ["skipped", "unreachable", changed({}, {}, { proto: "ICMP", icmp_type: 3, icmp_code: 1 })],
  ])("%s: %s", (expected, _, event) => {
    const { rows, report } = readLog("eve", lines(event));
    if (expected !== "skipped") expect(outcomeNames[rows[0].outcome]).toBe(expected);
    else expect([rows.length, report.skipped.toJSON()]).toEqual([0, { "reply-without-request": 1 }]);
  });

  test("two netflow events of one conversation make one row; beside flow events they are duplicates", () => {
    const { flow: _, tcp: __, ...rest } = flowEvent;
    const half = {
      ...rest,
      event_type: "netflow",
      netflow: { pkts: 5, bytes: 500, start: flowEvent.flow.start, end: flowEvent.flow.end },
      tcp: { tcp_flags: "1b" },
    };
    const back = {
      ...half,
      src_ip: half.dest_ip,
      src_port: half.dest_port,
      dest_ip: half.src_ip,
      dest_port: half.src_port,
      netflow: { ...half.netflow, pkts: 4, bytes: 400 },
    };
    const other = { ...half, flow_id: 2, tcp: { tcp_flags: "02" } };
    expect(readLog("eve", lines(half, back, other)).rows).toMatchObject([
      { outcome: 1, packets: 5, packetsBack: 4, source: "10.0.0.5" },
      { outcome: 3, packetsBack: 0 },
    ]);
    expect(readLog("eve", lines(flowEvent, half, back)).report).toMatchObject({ flows: 1, records: 3 });
  });
});

describe("EVE events that are no flows", () => {
  test("an alert is told from who began: turned when the packet went to the client", () => {
    const turned = { src_ip: "10.0.0.9", src_port: 445, dest_ip: "10.0.0.5", dest_port: 50_000 };
    const text = lines(
      alertOf({}),
      alertOf({ ...turned, direction: "to_client" }),
      alertOf({ ...turned, flow: { src_ip: "10.0.0.5", dest_ip: "10.0.0.9" } }),
      alertOf({ ...turned, flow: { pkts_toserver: 3, pkts_toclient: 2 } }),
    );
    const { observations, rows, report } = readLog("eve", text);
    const expected = {
      kind: "alert",
      source: "10.0.0.5",
      target: "10.0.0.9",
      targetPort: 445,
      signature: "ET TEST",
      severity: 1,
    };
    expect(observations).toHaveLength(4);
    for (const observation of observations) expect(observation).toMatchObject(expected);
    expect(rows).toEqual([]);
    expect(report.notVisible).toContain("flows");
  });

  test("names are looked for in old and new dns events, in questions only", () => {
    const dns = (about: object): object => alertOf({ event_type: "dns", dest_port: 53, dns: about });
    const text = lines(
      dns({ type: "query", rrname: "Bad.Example" }),
      dns({ type: "answer", rrname: "bad.example" }),
      dns({ version: 3, type: "request", queries: [{ rrname: "bad.example" }] }),
      dns({ type: "query", rrname: "other.example" }),
    );
    const { observations, report } = readLog("eve", text, { watched: ["bad.example"] });
    expect(observations.map(({ kind, name }) => [kind, name])).toEqual([
      ["name-lookup", "bad.example"],
      ["name-lookup", "bad.example"],
    ]);
    expect(report.skipped.toJSON()).toEqual({ "unused-event": 2 });
    expect(report.notVisible).not.toContain("dns-names");
  });

  test("smb events: failed log-ons, renames, programs on admin shares, calls that run something", () => {
    const smb = (about: object): object => alertOf({ event_type: "smb", smb: about });
    const svcctl = "367abb81-9844-35f1-ad32-98f038001003";
    const text = lines(
      smb({ command: "SMB2_COMMAND_SESSION_SETUP", status: "STATUS_LOGON_FAILURE", ntlmssp: { user: "Anna" } }),
      smb({ command: "SMB2_COMMAND_SESSION_SETUP", status: "STATUS_LOGON_FAILURE", ntlmssp: { user: "ANNA" } }),
      smb({
        command: "SMB2_COMMAND_CREATE",
        share: "\\\\x\\ADMIN$",
        filename: "a.exe",
        disposition: "FILE_OVERWRITE_IF",
      }),
      smb({ command: "SMB2_COMMAND_CREATE", share: "\\\\x\\ADMIN$", filename: "a.exe", disposition: "FILE_OPEN" }),
      smb({ command: "SMB2_COMMAND_SET_INFO", rename: { from: "a", to: "b" } }),
      smb({ command: "SMB2_COMMAND_WRITE", dcerpc: { request: "BIND", interfaces: [{ uuid: svcctl }] } }),
      smb({ command: "SMB2_COMMAND_IOCTL", dcerpc: { request: "REQUEST", req: { opnum: 12 } } }),
      smb({ command: "SMB2_COMMAND_IOCTL", dcerpc: { request: "REQUEST", req: { opnum: 15 } } }),
    );
    const { observations, report } = readLog("eve", text);
    const told = observations.map((o) => o["how"] ?? o["kind"]);
    expect(told.sort()).toEqual(["admin-share-write", "logon-failed", "logon-failed", "service", "share-renames"]);
    const hashes = observations.filter((o) => o["kind"] === "logon-failed").map((o) => o["accountHash"]);
    expect(hashes[0]).toBe(hashes[1]);
    expect(JSON.stringify(observations).toLowerCase()).not.toContain("anna");
    expect(report.skipped.toJSON()).toEqual({ "unused-event": 3 });
  });

  test("known events that are not used, and broken lines, are counted", () => {
    const text = `${lines({ event_type: "stats", timestamp: "x" }, alertOf({ event_type: "http" }))}{"event_type":\n{"a":1}\n`;
    expect(readLog("eve", text).report.skipped.toJSON()).toEqual({ "bad-line": 2, "unused-event": 2 });
  });

  test("survives a cut at every byte", () => {
    const bytes = Buffer.from(JSON.stringify([flowEvent, alertOf({}), flowEvent]));
    for (let length = 0; length < bytes.length - 1; length++) {
      const { report, rows } = readLog("eve", bytes.subarray(0, length));
      expect(rows).toHaveLength(report.flows);
      expect(report.records).toBeLessThan(3);
    }
  });
});
