// Every log of the folder named by CORDON_CAPTURES: what it is, and how many records of it come out where.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HostTable } from "../model/host-table.ts";
import { collectFiles, type InputReport } from "./collect.ts";

const root = process.env["CORDON_CAPTURES"] ?? "";

interface Seen {
  readonly input: InputReport;
  readonly outcomes: Record<string, number>;
  readonly observations: Record<string, number>;
}

const outcomeNames = ["unknown", "answered", "refused", "unanswered"];

async function collect(path: string): Promise<Seen> {
  const outcomes: Record<string, number> = {};
  const observations: Record<string, number> = {};
  const options = { hosts: new HostTable(), watchedNames: new Set<string>() };
  const report = await collectFiles([join(root, path)], options, (batch) => {
    for (let flow = 0; flow < batch.flows.length; flow++) {
      const name = outcomeNames[batch.flows.outcome[flow]];
      outcomes[name] = (outcomes[name] ?? 0) + 1;
    }
    if (batch.sightings.length > 0) observations["sighting"] = (observations["sighting"] ?? 0) + batch.sightings.length;
    for (const { kind } of batch.observations) observations[kind] = (observations[kind] ?? 0) + 1;
  });
  return { input: report.inputs[0], outcomes, observations };
}

/** Path, format, records as the list of captures counts them, flows. */
const logs: readonly (readonly [path: string, format: string, records: number, flows: number])[] = [
  ["benign/tenzir+vast/m57-conn.log.gz", "zeek-conn", 8462, 6936],
  ["benign/tenzir+vast/m57-dns.log.gz", "zeek-dns", 5124, 0],
  ["benign/LubyRuffy+brobeat/m57-oneway_conn.log.gz", "zeek-conn", 6974, 5550],
  ["benign/LubyRuffy+brobeat/m57-oneway_dns.log.gz", "zeek-dns", 5933, 0],
  ["benign/SuperCowPowers+zat/zat-ad_conn.log", "zeek-conn", 50, 50],
  ["benign/SuperCowPowers+zat/zat-ad_dce_rpc.log", "zeek-dce-rpc", 7, 0],
  ["benign/SuperCowPowers+zat/zat-ad_dns.log", "zeek-dns", 50, 0],
  ["benign/SuperCowPowers+zat/zat-ad_kerberos.log", "zeek-other", 14, 0],
  ["benign/SuperCowPowers+zat/zat-ad_ntp.log", "zeek-other", 2, 0],
  ["benign/SuperCowPowers+zat/zat-ad_smb_files.log", "zeek-smb", 2, 0],
  ["benign/SuperCowPowers+zat/zat-ad_smb_mapping.log", "zeek-smb", 7, 0],
  ["scan/stratosphereips+StratosphereLinuxIPS/horizontal_slips_conn.log", "zeek-conn", 41, 41],
  ["scan/stratosphereips+StratosphereLinuxIPS/vertical_slips_conn.log", "zeek-conn", 50, 50],
  ["scan/tenzir+vast/ctu13-ssh-scan-conn.json.gz", "zeek-conn", 729, 716],
  ["eve/stratosphereips+StratosphereLinuxIPS/slips-test6-eve.json.gz", "eve", 5000, 2587],
  ["eve/tenzir+vast/vast-eve.json.gz", "eve", 1183, 21],
  ["eve/tenzir+vast/vast-eve-types.json", "eve", 7, 0],
  ["eve/FrankHassanabad+suricata-sample-data/wrccdc2018-alerts.json", "eve", 207, 0],
  ["eve/FrankHassanabad+suricata-sample-data/honeypot2018-alerts.json", "eve", 44, 0],
  ["winlog/OTRF+Security-Datasets/covenant_copy_smb_CreateRequest_2020-09-22145302.json.gz", "windows-json", 506, 3],
  ["winlog/OTRF+Security-Datasets/empire_psexec_dcerpc_tcp_svcctl_2020-09-20121608.json.gz", "windows-json", 4348, 8],
  ["winlog/OTRF+Security-Datasets/purplesharp_ad_playbook_I_2020-10-22042947.json.gz", "windows-json", 25_993, 126],
];

const refused: readonly (readonly [path: string, words: string])[] = [
  ["winlog/sans-blue-team+DeepBlueCLI/smb-password-guessing-security.evtx", "a Windows event log (.evtx)"],
  ["flow/stratosphereips+StratosphereLinuxIPS/slips-test1.nfdump", "an nfdump file"],
];

describe.skipIf(root === "")("logs of the captures folder (CORDON_CAPTURES)", () => {
  test.each(logs)("%s", async (path, format, records, flows) => {
    const { input, observations } = await collect(path);
    expect(input).toMatchObject({ format, records, flows, error: null });
    // Each record is a flow, an observation or a reason; "late" comes on top of what a record is.
    const reasons = Object.entries(input.skipped.toJSON()).filter(([reason]) => reason !== "late");
    const observed = Object.values(observations).reduce((sum, count) => sum + count, 0);
    expect(reasons.reduce((sum, [, count]) => sum + count, flows + observed)).toBe(records);
    expect(input.skipped.counts.has("bad-line")).toBe(false);
  });

  test.each(refused)("%s is refused by name", async (path, words) => {
    const { input } = await collect(path);
    expect(input.format).toBeNull();
    expect(input.error).toContain(words);
  });

  test("the one-way sensor is recognised and its answered connections are not failures", async () => {
    const { input, outcomes } = await collect("benign/LubyRuffy+brobeat/m57-oneway_conn.log.gz");
    expect(input.notVisible).toContain("reverse-direction");
    // 265 lone SYN; the rest of 5,294 S0 are UDP or went on after their SYN. A few UDP come before the sensor is known.
    expect(outcomes["unanswered"]).toBeLessThan(300);
    expect(outcomes["answered"]).toBeGreaterThan(1900);
  });

  test("the scan of the bot keeps its failures", async () => {
    const { outcomes } = await collect("scan/tenzir+vast/ctu13-ssh-scan-conn.json.gz");
    expect(outcomes).toEqual({ unanswered: 657, refused: 57, answered: 2 });
  });

  test("alerts are kept, each with its source", async () => {
    expect((await collect("eve/stratosphereips+StratosphereLinuxIPS/slips-test6-eve.json.gz")).observations).toEqual({
      alert: 745,
    });
    expect((await collect("eve/FrankHassanabad+suricata-sample-data/honeypot2018-alerts.json")).observations).toEqual({
      alert: 44,
    });
  });

  test("Windows events: what was run from elsewhere, and what failed", async () => {
    const psexec = await collect(
      "winlog/OTRF+Security-Datasets/empire_psexec_dcerpc_tcp_svcctl_2020-09-20121608.json.gz",
    );
    expect(psexec.observations["remote-execution"]).toBeGreaterThan(0);
    const copy = await collect(
      "winlog/OTRF+Security-Datasets/covenant_copy_smb_CreateRequest_2020-09-22145302.json.gz",
    );
    expect(copy.observations).toEqual({ "remote-execution": 2 });
    const playbook = await collect("winlog/OTRF+Security-Datasets/purplesharp_ad_playbook_I_2020-10-22042947.json.gz");
    expect(playbook.observations).toEqual({ "logon-failed": 7, sighting: 3 });
  });
});
