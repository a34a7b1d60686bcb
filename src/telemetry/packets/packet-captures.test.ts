import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ReadCapture, readCapture } from "../../../test/proof/read-capture.ts";

const folder = new URL("../../../test/captures/", import.meta.url);
const read = (name: string): ReadCapture =>
  readCapture(readFileSync(new URL(name, folder)), { isWatchedName: (asked) => asked.startsWith("iuqerf") });

/** Flows by the outcome of their closing row: unknown, answered, refused, unanswered. */
function outcomes({ rows }: ReadCapture): number[] {
  const counts = [0, 0, 0, 0];
  for (const row of rows) if (row.phase === 2) counts[row.outcome]++;
  return counts;
}

describe("real captures", () => {
  it("reads the WannaCry run: every frame twice, five hosts probe SMB1 on one, which asks for the kill-switch name", () => {
    const capture = read("montimage-wannacry.pcap");
    expect([...capture.observations].sort()).toEqual([
      ...["51", "53", "59", "72", "198"]
        .map((host) => `192.168.0.${host} smb1-anonymous-ipc 192.168.0.69`)
        .concat(Array<string>(3).fill("192.168.0.69 asks for iuqerfsodp9ifjaposdfjhgosurijfaewrwergwea.com"))
        .sort(),
    ]);
    expect(capture.report.remarks).toEqual(["every frame is there twice: 1017 of 1627 were skipped"]);
    expect(capture.report.records).toBe(1627);
    const openings = capture.rows.filter((row) => row.phase === 1);
    const probing = openings.filter((row) => row.targetPort === 445 && row.protocol === 6);
    expect(probing.every((row) => row.to === "192.168.0.69")).toBe(true);
    expect(probing.filter((row) => row.direction === 2)).toHaveLength(24);
    expect(probing.filter((row) => row.direction === 1)).toHaveLength(5); // ends of connections begun before
    const pinged = openings.filter((row) => row.from === "192.168.0.69" && row.protocol === 1);
    expect(new Set(pinged.map((row) => row.to)).size).toBeGreaterThan(20);
  });

  it("names the probes of the exploit captures", () => {
    const pair = (probe: string, from: string, to: string): string => `192.168.198.${from} ${probe} 192.168.198.${to}`;
    expect(read("doublepulsar-backdoor-connect-win7.pcap").observations).toEqual([
      pair("smb1-anonymous-ipc", "204", "203"),
      pair("doublepulsar", "204", "203"),
    ]);
    expect(read("metasploit-ms017-010-win7x64.pcap").observations).toEqual([
      pair("smb1-anonymous-ipc", "224", "225"),
      pair("ms17-010", "224", "225"),
    ]);
  });

  it.each([
    "zeek-smb-smb1.pcap",
    "zeek-smb-smb1_transaction_request.pcap",
    "zeek-smb-smb311.pcap",
    "zeek-dce-rpc-mapi.pcap",
    "sv-smb1-osx.pcap",
    "sv-smb2-delete.pcap",
  ])("finds no probe and no remote execution in ordinary traffic: %s", (name) => {
    const capture = read(name);
    expect(capture.observations).toEqual([]);
    expect(capture.report.flows).toBeGreaterThan(0);
    expect(capture.report.error).toBeNull();
  });

  it.each([
    ["sv-at-schedule.pcap", ["192.168.10.31 scheduled-task 192.168.10.30"]],
    ["sv-net-user.pcap", ["192.168.10.31 account-query 192.168.10.10"]],
    [
      "sv-psexec-add-user.pcap",
      ["192.168.10.31 admin-share-write 192.168.10.10", "192.168.10.31 service 192.168.10.10"],
    ],
    [
      "empire_wmi_dcerpc_wmi_IWbemServices_ExecMethod_WORKSTATION6_2020-09-21001437.cap",
      ["172.18.39.5 wmi 172.18.39.6"],
    ],
    ["empire_psexec_dcerpc_tcp_svcctl_WORKSTATION6_2020-09-20121608.cap", ["172.18.39.5 service 172.18.39.6"]],
  ])("sees what was run on the other machine: %s", (name, expected) => {
    expect(read(name).observations).toEqual(expected);
  });

  it("judges a file that is not in order of time by its newest packet: nine silent targets, the last one open", () => {
    const capture = read("445_scan.pcap");
    expect(outcomes(capture)).toEqual([1, 0, 0, 8]);
    expect(new Set(capture.rows.map((row) => row.from))).toEqual(new Set(["176.192.150.3"]));
    expect(capture.report.notVisible).toContain("reverse-direction");
    expect(capture.report.remarks.join()).toContain("the clock jumps back by 26 minutes");
  });
});
