// The schema of hospital.yaml: plain objects in, a HospitalMap with every default filled in out. It knows the shape of
// each value; what must hold between values (ids that exist, blocks that do not overlap) is in cross-check.ts.

import { z } from "zod";
import { formatCidr, maskAddress, parseAddress, parseCidr } from "../model/address.ts";
import {
  contactRoles,
  controlKinds,
  crossingDefaults,
  type HospitalMap,
  hostRoles,
  pointKinds,
  segmentUses,
  serviceKinds,
  weekdays,
} from "../model/map.ts";
import { parsePortRange } from "../model/scope.ts";
import { parsePort } from "../model/port.ts";

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;
const datePattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
const hoursPattern = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$/;
const macPattern = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** A text with a rule in words: the words are the message when it does not hold, and the description in the schema. */
function ruled(rule: string, holds: (value: string) => boolean) {
  return z.string().refine(holds, { error: rule }).describe(rule);
}
function patterned(rule: string, pattern: RegExp) {
  return z.string().regex(pattern, { error: rule }).describe(rule);
}

const id = patterned("an id of 1 to 80 letters, digits, dots, dashes or underscores", idPattern);
const text = z.string().min(1, { error: "text that is not empty" }).max(1000, { error: "at most 1000 characters" });
const address = ruled("an IPv4 or IPv6 address", (value) => parseAddress(value) !== null);
const cidr = ruled("a block like 10.1.2.0/24 or 2001:db8::/64, with no bits set after its length", isCidr);
const mac = patterned("a MAC address like 00:1b:2c:3d:4e:5f, lower case with colons", macPattern);
const port = ruled("a port like tcp/443 or udp/53", (value) => parsePort(value) !== null);
const ports = ruled(
  "a port like tcp/443, a range like udp/5000-5010, or any",
  (value) => parsePortRange(value) !== null,
);
const date = ruled("a day like 2027-06-30", isDate);
const instant = ruled("a day like 2027-06-30 or an instant like 2027-06-30T18:00:00Z", isDateOrInstant);
const hours = ruled("two times like 08:00-13:00, the first before the second", isHours);
const scope = patterned(
  "a segment id, building:ID, site:ID, use:USE, internet or all",
  /^((building|site|use):)?[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/,
);
const item = patterned(
  "a segment id, host:ID, service:ID, boundary:ID, building:ID, site:ID, use:USE, internet or all",
  /^((host|service|boundary|building|site|use):)?[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/,
);
const share = z
  .number()
  .min(0, { error: "a share from 0 to 1" })
  .max(1, { error: "a share from 0 to 1" })
  .describe("A share from 0 to 1");
const whole = (max: number) =>
  z
    .int()
    .min(0, { error: `a whole number from 0 to ${max}` })
    .max(max, { error: `a whole number from 0 to ${max}` });
const amount = (max: number) =>
  z
    .number()
    .min(0, { error: `a number from 0 to ${max}` })
    .max(max, { error: `a number from 0 to ${max}` });
const flag = z.boolean().default(false);
const optionalText = text.nullable().default(null);
const optionalId = id.nullable().default(null);
const list = <T extends z.ZodType>(element: T) => z.array(element).default([]);

function isCidr(value: string): boolean {
  return value.includes("/") && parseCidr(value) !== null;
}
function isDate(value: string): boolean {
  return datePattern.test(value) && new Date(`${value}T00:00:00Z`).toISOString().startsWith(value);
}
function isDateOrInstant(value: string): boolean {
  return isDate(value) || (instantPattern.test(value) && !Number.isNaN(Date.parse(value)));
}
function isHours(value: string): boolean {
  return hoursPattern.test(value) && value.slice(0, 5) < value.slice(6) && value.slice(6) <= "24:00";
}
function isTimeZone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Shared with the estate of a scenario. */
export const timeZone = ruled("a time zone name like Europe/Paris", isTimeZone).default("Europe/Paris");

const site = z.strictObject({ id, name: optionalText, aliases: list(text) });
const building = z.strictObject({ id, name: optionalText, site: optionalId, aliases: list(text) });

const segment = z.strictObject({
  id,
  name: optionalText,
  building: optionalId,
  site: optionalId,
  use: z.enum(segmentUses),
  cidrs: list(cidr),
  vlan: z
    .int()
    .min(1, { error: "a VLAN id from 1 to 4094" })
    .max(4094, { error: "a VLAN id from 1 to 4094" })
    .nullable()
    .default(null),
  parent: optionalId,
  gateways: list(address),
  hostCount: whole(16_777_216).nullable().default(null),
  isEssential: flag,
  isListed: flag,
  isPeerIsolated: flag,
  vulnerableShare: share.nullable().default(null),
});

const host = z.strictObject({
  id,
  name: optionalText,
  addresses: list(address),
  macs: list(mac),
  role: z.enum(hostRoles).default("unknown"),
  does: list(text),
  building: optionalId,
  segment: optionalId,
  room: optionalText,
  switchPort: optionalText,
  ports: list(port),
  isProtected: flag,
  serial: optionalText,
  assetTag: optionalText,
});

const crossing = z.strictObject({
  from: scope,
  to: scope,
  ports: z.array(ports).min(1, { error: "at least one port, or any" }),
  because: optionalText,
});

const boundary = z.strictObject({
  id,
  name: optionalText,
  around: z.array(scope).min(1, { error: "at least one part of the map" }),
});

const enforcementPoint = z.strictObject({
  id,
  name: optionalText,
  kind: z.enum(pointKinds),
  site: optionalId,
  building: optionalId,
  driver: id,
  settings: z.record(z.string(), z.json()).default({}),
  guards: list(item),
  accepts: z.array(z.enum(controlKinds)).min(1, { error: "at least one control" }),
  ring: z.union([z.literal(1), z.literal(2), z.literal(3)], { error: "1, 2 or 3" }),
  applySeconds: amount(86_400),
  failureProbability: share.default(0),
  managementAddress: address.nullable().default(null),
  contact: optionalId,
});

const sensor = z.strictObject({
  id,
  kind: z.enum(["netflow", "ipfix", "sflow", "mirror", "zeek", "suricata", "other"]),
  address: address.nullable().default(null),
  sees: list(scope),
});

const talker = z.strictObject({ host: id, ports: list(ports), until: instant, because: text });

const needOption = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("path"), from: id, to: id, port }),
  z.strictObject({ kind: z.literal("host"), host: id }),
  z.strictObject({ kind: z.literal("service"), service: id }),
  z.strictObject({ kind: z.literal("internet"), what: text }),
]);
const need = z.strictObject({ name: text, anyOf: z.array(needOption).min(1, { error: "at least one option" }) });

const halfDays = z.tuple([whole(100_000), whole(100_000)]).default([0, 0]);
const consultations = z.strictObject(
  Object.fromEntries(weekdays.map((day) => [day, halfDays])) as Record<(typeof weekdays)[number], typeof halfDays>,
);

const standInUse = z.strictObject({ standIn: id, shareKept: share, takeUpMinutes: amount(100_000) });
const service = z.strictObject({
  id,
  name: text,
  kind: z.enum(serviceKinds),
  site: optionalId,
  building: optionalId,
  needs: list(need),
  standIns: list(standInUse),
  consultations: consultations.nullable().default(null),
  harmPerHour: amount(1_000_000).default(1),
  toleratedMinutes: amount(100_000).default(0),
  seats: whole(100_000).default(0),
  contact: optionalId,
});

const standIn = z.strictObject({
  id,
  name: text,
  kind: z.enum(["paper", "laptops", "neighbour", "telephone", "other"]),
  contact: optionalId,
});
const internetUse = z.strictObject({ name: text, services: list(id), because: optionalText });
const protectedItem = z.strictObject({
  item,
  rule: z.enum(["never", "with-stand-in"]).default("never"),
  because: text,
});
const laptopPool = z.strictObject({
  id,
  building: id,
  count: whole(100_000),
  readyMinutes: amount(100_000).default(0),
  network: z.enum(["wired", "wireless", "mobile", "none"]).default("none"),
  contact: optionalId,
});
const phone = patterned("a phone number of 2 to 20 digits, spaces, dots or dashes", /^\+?[0-9][0-9 .()-]{1,24}$/);
const contact = z.strictObject({
  id,
  role: z.enum(contactRoles),
  name: optionalText,
  phone,
  otherPhone: phone.nullable().default(null),
  isOnIpPhone: flag,
});

const calendar = z.strictObject({
  morning: hours.default("08:00-13:00"),
  afternoon: hours.default("13:00-18:30"),
  closedOn: list(date),
});

/** Its keys are in the order in which a map is written. */
export const mapSchema = z.strictObject({
  schema: z.literal("cordon.map/1"),
  name: text,
  timeZone,
  calendar: calendar.prefault({}),
  inside: list(cidr),
  outside: list(cidr),
  cordonAddresses: list(address),
  sites: list(site),
  buildings: list(building),
  segments: list(segment),
  hosts: list(host),
  crossingDefault: z.enum(crossingDefaults).default("closed"),
  crossings: list(crossing),
  boundaries: list(boundary),
  enforcementPoints: list(enforcementPoint),
  sensors: list(sensor),
  talkers: list(talker),
  services: list(service),
  standIns: list(standIn),
  internetUses: list(internetUse),
  protected: list(protectedItem),
  laptops: list(laptopPool),
  contacts: list(contact),
}) satisfies z.ZodType<HospitalMap>;

/** Lists whose elements can be left out while the rest of a faulty file is still checked. */
export const listSections = Object.entries(mapSchema.shape)
  .filter(([, schema]) => schema instanceof z.ZodDefault && schema.unwrap() instanceof z.ZodArray)
  .map(([name]) => name);

/** The published form (docs/schemas/hospital.json): what editors and other tools check a file with. */
export function mapJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(mapSchema, { io: "input", target: "draft-2020-12" });
  return { $id: "cordon.map/1", title: "A hospital map of Cordon", ...schema };
}

/** The nearest block or MAC that would have been accepted; null when the text is too far from one. */
export function repairedText(value: string): string | null {
  const hex = value.toLowerCase().replaceAll(/[^0-9a-f]/g, "");
  if (/^[0-9a-fA-F]{2}([-:]?[0-9a-fA-F]{2}){5}$|^([0-9a-fA-F]{4}\.){2}[0-9a-fA-F]{4}$/.test(value)) {
    return hex.match(/../g)?.join(":") ?? null;
  }
  const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(value.trim());
  const base = match ? parseAddress(match[1]) : null;
  if (match && base !== null) {
    const bits = Math.min(Number(match[2]), base.family === 4 ? 32 : 128);
    return formatCidr({ base: maskAddress(base, bits), bits });
  }
  return null;
}
