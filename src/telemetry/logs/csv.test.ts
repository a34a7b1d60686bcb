import { describe, expect, test } from "vitest";
import { readLog } from "../../../test/logs/read-log.ts";

const nfdump = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt";
const nfdumpRow = (sa: string, da: string, sp: string, dp: string, pr: string, flg: string, packets: number): string =>
  `2011-08-16 11:53:48,2011-08-16 11:53:50,2.000,${sa},${da},${sp},${dp},${pr},${flg},0,0,${packets},${packets * 60},0,0`;

describe("CSV", () => {
  test("nfdump: directions are paired, an attempt stays unanswered, the summary is left out", () => {
    const text = [
      nfdump,
      nfdumpRow("10.0.0.5", "10.0.0.9", "50000", "445", "TCP", "......S.", 3),
      nfdumpRow("10.0.0.5", "10.0.0.8", "50001", "445", "TCP", "...AP.SF", 9),
      nfdumpRow("10.0.0.9", "10.0.0.4", "104", "50002", "TCP", "...AP.SF", 9),
      nfdumpRow("10.0.0.5", "10.0.0.7", "0", "8.0", "ICMP", "........", 1),
      "Summary",
      "flows,bytes,packets,avg_bps,avg_pps,avg_bpp",
      "4,1320,22,5280,11,60",
      "",
    ].join("\n");
    const { rows, report } = readLog("csv", text);
    expect(report).toMatchObject({ records: 4, flows: 4, error: null });
    expect(report.skipped.counts.size).toBe(0);
    expect(rows.find(({ target, outcome }) => target === "10.0.0.9" && outcome === 3)).toBeDefined();
    expect(rows.find(({ target }) => target === "10.0.0.8")).toMatchObject({
      outcome: 1,
      startMs: Date.parse("2011-08-16T11:53:48Z"),
    });
    expect(rows.find(({ source }) => source === "10.0.0.4")).toMatchObject({ target: "10.0.0.9", targetPort: 104 });
    expect(rows.find(({ protocol }) => protocol === 1)).toMatchObject({ targetPort: 8 * 256 });
  });

  test("the short form of newer nfdump versions is read too", () => {
    const text =
      "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n2024-01-01 00:00:01.500,1.0,TCP,10.0.0.5,50000,10.0.0.9,445,3,180,1\n";
    expect(readLog("csv", text).rows[0]).toMatchObject({
      source: "10.0.0.5",
      target: "10.0.0.9",
      startMs: Date.parse("2024-01-01T00:00:01.5Z"),
    });
  });

  test("Argus: direction arrows and states", () => {
    const head = "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotPkts,TotBytes,SrcBytes";
    const row = (dir: string, state: string, proto = "tcp"): string =>
      `2011/08/15 10:42:52.613616,1.026,${proto},10.0.0.5,50000,${dir},10.0.0.9,445,${state},4,244,124`;
    const text = [
      head,
      row("   ->", "S_"),
      row("  <->", "SPA_SPA"),
      row("   ->", "S_RA"),
      row("   <-", "FSPA_FSPA"),
      row("  <->", "CON", "udp"),
      row("   ->", "INT", "udp"),
    ].join("\n");
    const { rows } = readLog("csv", text);
    expect(rows.map(({ outcome, source }) => [outcome, source])).toEqual([
      [3, "10.0.0.5"],
      [1, "10.0.0.5"],
      [2, "10.0.0.5"],
      [1, "10.0.0.9"],
      [1, "10.0.0.5"],
      [3, "10.0.0.5"],
    ]);
    expect(rows[0]).toMatchObject({
      bytes: 124,
      bytesBack: 120,
      startMs: Date.parse("2011-08-15T10:42:52Z") + 613.616,
    });
  });

  const plainRow = {
    source: "10.0.0.5",
    target: "2001:db8::9",
    sourcePort: 50_000,
    targetPort: 443,
    protocol: 6,
    bytes: 100,
    bytesBack: 200,
    outcome: 1,
  };
  test.each([
    [
      "commas",
      "start,source ip,source port,destination ip,destination port,protocol,src bytes,dst bytes\n1700000000.5,10.0.0.5,50000,2001:db8::9,443,tcp,100,200",
    ],
    [
      "semicolons and a mark",
      "\uFEFFTimestamp;Src IP;Src Port;Dst IP;Dst Port;Proto;Bytes_In;Bytes_Out\r\n2023-11-14T22:13:20.5Z;10.0.0.5;50000;2001:db8::9;443;6;100;200\r\n"
        .replace("Bytes_In", "sbytes")
        .replace("Bytes_Out", "dbytes"),
    ],
    [
      "tabs",
      "ts\tsrc\tsport\tdst\tdport\tproto\tsrc_bytes\tdst_bytes\n1700000000500\t10.0.0.5\t50000\t2001:db8::9\t443\tTCP\t100\t200",
    ],
    [
      "quotes",
      '"ts","source.ip","source.port","destination.ip","destination.port","network.transport","source.bytes","destination.bytes"\n"2023-11-14T22:13:20.500Z","10.0.0.5","50000","2001:db8::9","443","tcp","100","200"',
    ],
    [
      "Elastic-like",
      "flow.start,source.ip,source.port,destination.ip,destination.port,network.transport,source.bytes,destination.bytes\n2023-11-14 22:13:20.5, 10.0.0.5 ,50000,2001:db8::9,443,tcp,100,200",
    ],
  ])("%s", (_, text) => {
    const { rows, report } = readLog("csv", text);
    expect(report.skipped.toJSON()).toEqual({});
    expect(rows).toMatchObject([{ ...plainRow, startMs: 1_700_000_000_500 }]);
  });

  test("bad lines are counted by reason and the rest goes on", () => {
    const text = [
      "ts,src,sport,dst,dport,proto,src_bytes,dst_bytes",
      "1700000000,10.0.0.5,50000,10.0.0.9,445,tcp,1,1",
      "1700000000,10.0.0.5,50000",
      "1700000000,nobody,50000,10.0.0.9,445,tcp,1,1",
      "1700000000,10.0.0.5,70000,10.0.0.9,445,tcp,1,1",
      "never,10.0.0.5,50000,10.0.0.9,445,tcp,1,1",
      "1700000000,10.0.0.5,50000,239.1.1.1,445,udp,1,1",
      "1700000000,10.0.0.5,50000,10.0.0.9,445,carrier-pigeon,1,1",
      '1700000000,"10.0.0.5,50000,10.0.0.9',
      "# a remark",
      "1700000001,10.0.0.5,50000,10.0.0.9,445,tcp,1,1",
    ].join("\n");
    const { rows, report } = readLog("csv", text);
    expect(rows).toHaveLength(2);
    expect(report.skipped.toJSON()).toEqual({ "bad-line": 4, "bad-time": 1, "no-address": 1, unsupported: 1 });
  });

  test("without flags, states or a way back the outcome is not visible", () => {
    const text = "ts,src,sport,dst,dport,proto\n1700000000,10.0.0.5,50000,10.0.0.9,445,tcp\n";
    const { rows, report } = readLog("csv", text);
    expect(rows.every(({ outcome }) => outcome === 0)).toBe(true);
    expect(report.notVisible).toContain("outcome");
  });

  test("survives a cut at every byte", () => {
    const bytes = Buffer.from(
      `${nfdump}\n${nfdumpRow("10.0.0.5", "10.0.0.9", "50000", "445", "TCP", "......S.", 3)}\n"quoted",1\n`,
    );
    for (let length = 0; length < bytes.length; length++) {
      expect(readLog("csv", bytes.subarray(0, length)).report.flows).toBeLessThanOrEqual(1);
    }
  });
});
