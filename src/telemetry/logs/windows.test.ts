import { describe, expect, test } from "vitest";
import { readLog } from "../../../test/logs/read-log.ts";

interface Given {
  readonly id: number;
  readonly channel?: string;
  readonly computer: string;
  readonly data: Readonly<Record<string, string>>;
  readonly time?: string;
}

const time = "2020-09-20T16:16:57.000Z";
const channelOf = (given: Given): string => given.channel ?? "Security";

const forms: Readonly<Record<string, (given: Given) => object>> = {
  flat: (given) => ({
    EventID: given.id,
    Channel: channelOf(given),
    Hostname: given.computer,
    "@timestamp": given.time ?? time,
    ...given.data,
  }),
  winlog: (given) => ({
    "@timestamp": given.time ?? time,
    winlog: {
      event_id: String(given.id),
      channel: channelOf(given),
      computer_name: given.computer,
      event_data: given.data,
    },
  }),
  nested: (given) => ({
    Event: {
      System: {
        EventID: { "#text": given.id, "#attributes": { Qualifiers: 0 } },
        Channel: channelOf(given),
        Computer: given.computer,
        TimeCreated: { "#attributes": { SystemTime: given.time ?? time } },
      },
      EventData: given.data,
    },
  }),
};

const sysmon = "Microsoft-Windows-Sysmon/Operational";
const connection = (computer: string, from: string, to: string, isInitiated: boolean, port = "445"): Given => ({
  id: 3,
  channel: sysmon,
  computer,
  data: {
    SourceIp: from,
    SourcePort: "50000",
    DestinationIp: to,
    DestinationPort: port,
    Protocol: "tcp",
    Initiated: String(isInitiated),
  },
});

const read = (form: string, ...given: readonly Given[]) =>
  readLog("windows-json", given.map((one) => JSON.stringify(forms[form](one))).join("\n"));

describe.each(Object.keys(forms))("Windows events, %s", (form) => {
  test("Sysmon 3 becomes an answered flow from who began it", () => {
    const { rows } = read(
      form,
      connection("A.example", "10.0.0.5", "10.0.0.9", true),
      connection("B", "10.0.0.5", "10.0.0.9", false),
    );
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(row).toMatchObject({
        source: "10.0.0.5",
        target: "10.0.0.9",
        targetPort: 445,
        protocol: 6,
        outcome: 1,
        direction: 2,
        bytesBack: -1,
      });
      expect(row.startMs).toBe(Date.parse(time));
    }
  });

  test("failed log-ons name the client; the account is told apart and not kept", () => {
    const failed = (account: string): Given => ({
      id: 4625,
      computer: "SRV.example",
      data: { IpAddress: "10.0.0.5", TargetUserName: account, LogonType: "3" },
    });
    const { observations } = read(
      form,
      connection("srv", "10.0.0.1", "10.0.0.9", false),
      failed("Anna"),
      failed("anna"),
      failed("Bert"),
    );
    expect(observations).toHaveLength(3);
    expect(observations[0]).toMatchObject({
      kind: "logon-failed",
      source: "10.0.0.5",
      target: "10.0.0.9",
      atMs: Date.parse(time),
    });
    expect(observations[0]["accountHash"]).toBe(observations[1]["accountHash"]);
    expect(observations[0]["accountHash"]).not.toBe(observations[2]["accountHash"]);
    expect(JSON.stringify(observations).toLowerCase()).not.toMatch(/anna|bert/);
  });

  test("what a machine did itself waits until its address is known", () => {
    const local: Given = { id: 4625, computer: "PC5", data: { IpAddress: "-", TargetUserName: "x", LogonType: "2" } };
    const explicit: Given = {
      id: 4648,
      computer: "PC5",
      data: { TargetServerName: "SRV.example", TargetUserName: "x", IpAddress: "-" },
    };
    const locked: Given = { id: 4740, computer: "DC", data: { TargetUserName: "x", TargetDomainName: "PC5" } };
    const addresses = [
      connection("SRV", "10.0.0.1", "10.0.0.9", false),
      connection("PC5.example", "10.0.0.5", "10.0.0.9", true),
    ];
    const { observations } = read(form, local, explicit, locked, ...addresses);
    expect(observations).toMatchObject([
      { kind: "logon-failed", source: "10.0.0.5", target: "10.0.0.5" },
      { kind: "logon-explicit", source: "10.0.0.5", target: "10.0.0.9" },
      { kind: "account-locked", source: "10.0.0.5" },
    ]);
    expect(read(form, local, explicit, locked).report.skipped.toJSON()).toEqual({ "no-address": 3 });
  });

  test("admin shares: pipes that run things and programs written are remote executions, reading is not", () => {
    const access = (share: string, name: string, mask: string): Given => ({
      id: 5145,
      computer: "SRV",
      data: { IpAddress: "10.0.0.5", ShareName: `\\\\*\\${share}`, RelativeTargetName: name, AccessMask: mask },
    });
    const { observations, report } = read(
      form,
      access("IPC$", "svcctl", "0x12019f"),
      access("IPC$", "srvsvc", "0x12019f"),
      access("ADMIN$", "PSEXESVC.exe", "0x17019f"),
      access("C$", "Users\\a.exe", "0x80"),
      access("SYSVOL", "x\\gpt.ini", "0x120089"),
      { id: 5140, computer: "SRV", data: { IpAddress: "10.0.0.5", ShareName: "\\\\*\\ADMIN$" } },
    );
    expect(observations.map((o) => [o["how"], o["source"]])).toEqual([
      ["service", "10.0.0.5"],
      ["admin-share-write", "10.0.0.5"],
    ]);
    expect(report.skipped.toJSON()).toEqual({ "unused-event": 4 });
  });

  test("a new service is laid to the client that logged on just before, and to nobody else", () => {
    const logon: Given = {
      id: 4624,
      computer: "SRV",
      data: { LogonType: "3", IpAddress: "10.0.0.5", WorkstationName: "PC5" },
    };
    const service = (at: string): Given => ({
      id: 7045,
      channel: "System",
      computer: "SRV",
      data: { ServiceName: "x" },
      time: at,
    });
    const { observations, sightings } = read(
      form,
      logon,
      service("2020-09-20T16:17:10Z"),
      service("2020-09-20T18:00:00Z"),
    );
    expect(observations).toMatchObject([{ kind: "remote-execution", how: "service", source: "10.0.0.5" }]);
    expect(sightings).toMatchObject([{ from: "windows", mac: "", name: "pc5" }]);
  });
});

test("an event 3 of another channel is no connection, and other events are counted", () => {
  const { rows, report } = read(
    "flat",
    { ...connection("A", "10.0.0.5", "10.0.0.9", true), channel: "System" },
    { id: 4688, computer: "A", data: {} },
  );
  expect(rows).toEqual([]);
  expect(report.skipped.toJSON()).toEqual({ "unused-event": 2 });
});

test("loopback and broken events make no rows", () => {
  const text = `${JSON.stringify(forms["flat"](connection("A", "::1", "::1", true)))}\n{"EventID":3\n{"EventID":"x"}\n{"EventID":3,"Channel":"${sysmon}"}\n`;
  const { rows, report } = readLog("windows-json", text);
  expect(rows).toEqual([]);
  expect(report.skipped.toJSON()).toEqual({ "bad-line": 2, "bad-time": 1, "no-address": 1 });
});
