import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type FlowRecord,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  PHASE_OPENING,
  readFlow,
} from "../../model/flow.ts";
import { HostTable } from "../../model/host-table.ts";
import { collectFiles, type InputReport } from "../collect.ts";

const own = join(import.meta.dirname, "../../../test/captures");
const all = process.env.CORDON_CAPTURES;

type Row = FlowRecord & { readonly from: string; readonly to: string };

async function read(paths: readonly string[]): Promise<{ inputs: readonly InputReport[]; rows: Row[] }> {
  const hosts = new HostTable();
  const rows: Row[] = [];
  const { inputs } = await collectFiles(paths, { hosts, watchedNames: new Set() }, ({ flows }) => {
    for (let flow = 0; flow < flows.length; flow++) {
      const row = readFlow(flows, flow);
      rows.push({ ...row, from: hosts.format(row.source), to: hosts.format(row.target) });
    }
  });
  return { inputs, rows };
}

/** Who touched whom on which port: what a capture and an export of it must agree on. */
function contacts(rows: readonly Row[], keep: (row: Row) => boolean): string[] {
  return [...new Set(rows.filter(keep).map((row) => `${row.from} ${row.to} ${row.protocol}/${row.targetPort}`))].sort();
}

const isTcp = (row: Row): boolean => row.protocol === 6;

describe("exports kept in the tree", () => {
  test.each([
    ["netgraph-netflow5.pcap", ["netflow5"], 120],
    ["nprobe-netflow9.pcap", ["netflow5", "netflow9"], 152],
    ["pmacctd-netflow9.pcap", ["netflow9"], 6],
    ["eternalblue-v9.pcap", ["netflow9"], 94],
    ["ad-playbook-v5.pcap", ["netflow5"], 106],
    ["sflow_expanded.pcap", ["sflow"], 1],
  ])("%s holds %s: %i records", async (name, formats, records) => {
    const { inputs } = await read([join(own, name)]);
    expect(inputs[0].carries).toEqual(formats);
    expect(inputs[0].sensors.filter(({ exporter }) => exporter).reduce((sum, sensor) => sum + sensor.records, 0)).toBe(
      records,
    );
  });

  test("one attacker and one victim: every row names them in that order", async () => {
    const { rows } = await read([join(own, "eternalblue-v9.pcap")]);
    expect(contacts(rows, () => true)).toEqual(["192.168.198.204 192.168.198.203 6/445"]);
    expect(new Set(rows.map(({ sourcePort }) => sourcePort)).size).toBe(47);
    expect(rows.every(({ outcome }) => outcome === OUTCOME_ANSWERED)).toBe(true);
  });

  test("a small fan-out that is answered: SMB to three machines", async () => {
    const { rows } = await read([join(own, "ad-playbook-v5.pcap")]);
    const smb = contacts(rows, ({ from, targetPort }) => from === "172.18.39.5" && targetPort === 445);
    expect(smb).toEqual(["172.18.38.5", "172.18.39.6", "172.18.39.7"].map((to) => `172.18.39.5 ${to} 6/445`));
    expect(rows.some(({ outcome }) => outcome === OUTCOME_UNANSWERED || outcome === OUTCOME_REFUSED)).toBe(false);
  });

  test("Cisco ASA: events name their maker, and an echo reply starts no contact of its own", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cordon-asa-"));
    const path = join(folder, "asa.dat");
    const parts = ["tpl", "data"].map((part) => readFileSync(join(own, `netflow9_test_cisco_asa_1_${part}.dat`)));
    writeFileSync(path, Buffer.concat(parts));
    const { inputs, rows } = await read([path]);
    rmSync(folder, { recursive: true });
    expect(inputs[0].sensors).toMatchObject([{ records: 14, templates: 13, exporter: { maker: "cisco-asa" } }]);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ protocol, targetPort }) => protocol === 1 && targetPort >> 8 === 8)).toBe(true);
  });
});

describe.skipIf(all === undefined)("all real exports (CORDON_CAPTURES)", () => {
  const at = (...parts: string[]): string => join(all ?? "", ...parts);

  test.each([
    ["Graylog2+graylog-plugin-netflow/netflow5.pcap", 4],
    ["Graylog2+graylog-plugin-netflow/netflow9.pcap", 21], // 18 of IPv4, 3 of IPv6
    ["Graylog2+graylog-plugin-netflow/nprobe-netflow9-2.pcap", 6],
    ["Graylog2+graylog-plugin-netflow/nprobe-netflow9-3.pcap", 892],
    ["Graylog2+graylog-plugin-netflow/nprobe-netflow9-4.pcap", 15], // 1 of IPv4, 14 of IPv6
    ["Graylog2+graylog-plugin-netflow/pmacctd-netflow5.pcap", 42],
    ["derived/iot-scan-v5.pcap", 462],
    ["derived/iot-scan-v9.pcap", 484], // 462 of IPv4, 22 of IPv6
    ["derived/iot-scan-ipfix.pcap", 349], // 340 of IPv4, 9 of IPv6
    ["derived/benign-teams-ipfix.pcap", 157],
    ["derived/benign-teams-v9.pcap", 159],
    ["derived/montimage-wannacry-v9.pcap", 307],
  ])("%s: %i records", async (name, records) => {
    const { inputs } = await read([at("flow", name)]);
    const sensors = inputs[0].sensors.filter(({ exporter }) => exporter);
    expect(sensors.reduce((sum, sensor) => sum + sensor.records, 0)).toBe(records);
  });

  const scan = at("scan/stratosphereips+StratosphereLinuxIPS/slips-test7-iot-scan.pcap");
  test.skipIf(!existsSync(scan)).each(["iot-scan-v5", "iot-scan-v9", "iot-scan-ipfix"])(
    "%s shows the scan the capture shows: the same attempts, and the same that nobody answered",
    async (name) => {
      const capture = (await read([scan])).rows;
      const exported = (await read([at(`flow/derived/${name}.pcap`)])).rows;
      const isAttempt = (row: Row): boolean => isTcp(row) && row.from === "192.168.2.16";
      expect(contacts(exported, isAttempt)).toEqual(contacts(capture, isAttempt));
      // Outcomes never contradict each other, but for ICMP errors: an export does not say what they were about. A few
      // attempts at the very end are unknown to one of the two.
      const shows = (rows: readonly Row[], outcome: number): string[] =>
        contacts(rows, (row) => isAttempt(row) && row.outcome === outcome);
      expect(shows(exported, OUTCOME_ANSWERED)).toEqual(shows(capture, OUTCOME_ANSWERED));
      const refused = shows(capture, OUTCOME_REFUSED);
      expect(shows(exported, OUTCOME_REFUSED).filter((contact) => !refused.includes(contact))).toEqual([]);
      const silent = shows(capture, OUTCOME_UNANSWERED);
      const silentInExport = shows(exported, OUTCOME_UNANSWERED);
      expect(silent.filter((contact) => !silentInExport.includes(contact)).length).toBeLessThanOrEqual(2);
      expect(silentInExport.length).toBeLessThanOrEqual(silent.length * 1.05);
      expect(exported.filter(({ phase }) => phase === PHASE_OPENING).length).toBeGreaterThan(100);
    },
  );
});
