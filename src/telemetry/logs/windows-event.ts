// One Windows event as JSON text in, its number, time, machine and named fields out, whichever of the three written
// forms it has.

import type { Millis } from "../../model/units.ts";
import { asObject, type JsonObject, parseObject } from "./json-object.ts";
import { readDecimal, readIsoMs, secondsToMs } from "./lines-fields.ts";

export interface WindowsEvent {
  readonly id: number;
  readonly isSysmon: boolean;
  readonly atMs: Millis;
  /** The machine that wrote the event: lower case, without its domain. */
  readonly computer: string;
  /** A named field as text; empty when it is absent or "-". */
  field(name: string): string;
}

function asText(value: unknown): string {
  if (typeof value === "string") return value === "-" ? "" : value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const inner = typeof value === "object" && value !== null ? (value as JsonObject)["#text"] : undefined;
  return inner === undefined ? "" : asText(inner);
}

/** Reads one record; null when it is no JSON object or no Windows event. */
export function readWindowsEvent(text: string): WindowsEvent | null {
  const record = parseObject(text);
  return record === null ? null : (readNested(record) ?? readWinlog(record) ?? readFlat(record));
}

/** evtx_dump: `{"Event":{"System":{…},"EventData":{…}}}`; values may sit in `#text` beside attributes. */
function readNested(record: JsonObject): WindowsEvent | null {
  const event = asObject(record["Event"]);
  if (record["Event"] === undefined || event["System"] === undefined) return null;
  const system = asObject(event["System"]);
  const created = asObject(system["TimeCreated"]);
  const time = asObject(created["#attributes"])["SystemTime"] ?? created["SystemTime"] ?? created["@SystemTime"];
  const data = { ...asObject(event["EventData"]), ...asObject(Object.values(asObject(event["UserData"]))[0]) };
  return made(asText(system["EventID"]), asText(system["Channel"]), [time], asText(system["Computer"]), data);
}

/** Winlogbeat: `{"winlog":{"event_id":…,"event_data":{…}}}`, nested or with dotted keys. */
function readWinlog(record: JsonObject): WindowsEvent | null {
  const winlog = asObject(record["winlog"]);
  const id = asText(winlog["event_id"] ?? record["winlog.event_id"]);
  if (id === "") return null;
  const data: JsonObject = { ...asObject(winlog["event_data"] ?? record["winlog.event_data"]) };
  for (const key of Object.keys(record)) {
    if (key.startsWith("winlog.event_data.")) data[key.slice(18)] = record[key];
  }
  const channel = asText(winlog["channel"] ?? record["winlog.channel"]);
  const computer = asText(
    winlog["computer_name"] ?? record["winlog.computer_name"] ?? asObject(record["host"])["name"],
  );
  const created = asObject(record["event"])["created"] ?? record["event.created"];
  return made(id, channel, [data["UtcTime"], record["@timestamp"], created], computer, data);
}

/** NXLog and the like: every field at the top. `@timestamp` is in UTC; `EventTime` often is local time without a zone. */
function readFlat(record: JsonObject): WindowsEvent | null {
  const id = asText(record["EventID"] ?? record["EventId"]);
  if (id === "") return null;
  const times = [
    record["UtcTime"],
    record["@timestamp"],
    record["TimeCreated"],
    record["EventTime"],
    record["timestamp"],
  ];
  const computer = asText(record["Hostname"] ?? record["Computer"] ?? record["ComputerName"] ?? record["MachineName"]);
  return made(id, asText(record["Channel"] ?? record["SourceName"]), times, computer, record);
}

function made(
  id: string,
  channel: string,
  times: readonly unknown[],
  computer: string,
  data: JsonObject,
): WindowsEvent | null {
  if (!/^\d{1,5}$/.test(id)) return null;
  let atMs = Number.NaN;
  for (const time of times) {
    if (Number.isNaN(atMs)) atMs = timeOf(time);
  }
  return {
    id: Number(id),
    isSysmon: /sysmon/i.test(channel),
    atMs,
    computer: plainHostName(computer),
    field: (name) => asText(data[name]),
  };
}

/** ISO 8601 as text, or seconds, milliseconds or a .NET `/Date(…)/` as a number; NaN when it is none. */
function timeOf(value: unknown): Millis {
  const text = asText(value).replace(/^\/Date\((\d+)\)\/$/, "$1");
  const bytes = Buffer.from(text);
  const iso = readIsoMs(bytes, 0, bytes.length);
  if (!Number.isNaN(iso)) return iso;
  const number = readDecimal(bytes, 0, bytes.length);
  return number > 1e11 ? number : secondsToMs(number);
}

/** `WORKSTATION5.theshire.local`, `\\WORKSTATION5` and `workstation5$` are one machine. */
export function plainHostName(name: string): string {
  return name.toLowerCase().replace(/^\\+/, "").replace(/\$$/, "").split(".", 1)[0];
}
