// Which fields of an export record are read, and into which slot of the record table. In: field ids of NetFlow v5, v9 and
// IPFIX; out: read operations. Fields that are not listed are stepped over, so names of users and devices are never read.

/** Slots of the record table: one Float64 column each; row `record` of each is the same export record. */
export const SOURCE4 = 0;
export const TARGET4 = 1;
export const SOURCE6 = 2; // four slots, first word first
export const TARGET6 = 6;
export const SOURCE_PORT = 10;
export const TARGET_PORT = 11;
export const PROTOCOL = 12;
export const FLAGS = 13;
export const FLAGS_BACK = 14;
export const BYTES = 15;
export const PACKETS = 16;
export const BYTES_BACK = 17;
export const PACKETS_BACK = 18;
export const START_MS = 19;
export const END_MS = 20;
export const DURATION_MS = 21;
export const ICMP_TYPE_CODE = 22;
export const ICMP_TYPE = 23;
export const ICMP_CODE = 24;
export const FIREWALL_EVENT = 25;
export const NAT_EVENT = 26;
export const BIFLOW_DIRECTION = 27;
export const FIRST_FLAGS = 28;
export const FIRST_FLAGS_BACK = 29;
export const OUT_BYTES = 30;
export const OUT_PACKETS = 31;
export const BOOT_MS = 32;
export const SAMPLING = 33;
export const SAMPLING_SPACE = 34;
export const ACTIVE_TIMEOUT_S = 35;
export const INACTIVE_TIMEOUT_S = 36;
export const SLOT_COUNT = 37;

/** What a slot holds when the template does not have it. */
export function absentValueOf(slot: number): number {
  return slot === FLAGS ||
    slot === FLAGS_BACK ||
    slot === BYTES ||
    slot === PACKETS ||
    slot === BYTES_BACK ||
    slot === PACKETS_BACK ||
    slot === OUT_PACKETS ||
    slot === OUT_BYTES ||
    slot === DURATION_MS ||
    slot === ICMP_TYPE_CODE ||
    slot === ICMP_TYPE ||
    slot === FIREWALL_EVENT ||
    slot === NAT_EVENT
    ? -1
    : 0;
}

/** How the bytes of a field become a number. Unsigned fields may be sent shorter than defined (RFC 7011 section 6.2). */
export const READ_UNSIGNED = 0;
export const READ_SECONDS = 1; // since 1970
export const READ_MILLIS = 2; // since 1970
export const READ_NTP = 3; // 64 bits: seconds since 1900 and a binary fraction (RFC 7011 sections 6.1.9, 6.1.10)
export const READ_UPTIME = 4; // ms since the exporter began
export const READ_DELTA_MICROS = 5; // µs before the export
export const READ_MICROS = 6; // a length of time, µs
export const READ_OR_FLAGS = 7; // unsigned, joined to what the slot already holds

export interface FieldUse {
  readonly slot: number;
  readonly read: number;
  /** Among several fields for one slot the lowest rank wins. */
  readonly rank: number;
  /** Exact length where the meaning hangs on it; 0 when any of 1..8 will do. */
  readonly length: number;
}

const use = (slot: number, read = READ_UNSIGNED, rank = 0, length = 0): FieldUse => ({ slot, read, rank, length });

/** The enterprise number of reverse fields (RFC 5103). */
export const REVERSE_ENTERPRISE = 29_305;
/** CERT/YAF, which alone tells the flags of the first packet from the rest. */
const CERT_ENTERPRISE = 6_871;

/** IANA "ipfix-entities" 1..127 are those of NetFlow v9; ids and names in docs/protocols.md. */
const standardFields: ReadonlyMap<number, FieldUse> = new Map([
  [1, use(BYTES)],
  [2, use(PACKETS)],
  [4, use(PROTOCOL)],
  [6, use(FLAGS)],
  [7, use(SOURCE_PORT)],
  [180, use(SOURCE_PORT, READ_UNSIGNED, 1)],
  [182, use(SOURCE_PORT, READ_UNSIGNED, 1)],
  [8, use(SOURCE4, READ_UNSIGNED, 0, 4)],
  [11, use(TARGET_PORT)],
  [181, use(TARGET_PORT, READ_UNSIGNED, 1)],
  [183, use(TARGET_PORT, READ_UNSIGNED, 1)],
  [12, use(TARGET4, READ_UNSIGNED, 0, 4)],
  [21, use(END_MS, READ_UPTIME, 3)],
  [22, use(START_MS, READ_UPTIME, 3)],
  [23, use(OUT_BYTES)],
  [24, use(OUT_PACKETS)],
  [27, use(SOURCE6, READ_UNSIGNED, 0, 16)],
  [28, use(TARGET6, READ_UNSIGNED, 0, 16)],
  [32, use(ICMP_TYPE_CODE)],
  [34, use(SAMPLING)],
  [50, use(SAMPLING, READ_UNSIGNED, 1)],
  [305, use(SAMPLING, READ_UNSIGNED, 2)],
  [306, use(SAMPLING_SPACE)],
  [36, use(ACTIVE_TIMEOUT_S)],
  [37, use(INACTIVE_TIMEOUT_S)],
  [85, use(BYTES, READ_UNSIGNED, 2)],
  [86, use(PACKETS, READ_UNSIGNED, 2)],
  [139, use(ICMP_TYPE_CODE, READ_UNSIGNED, 1)],
  [176, use(ICMP_TYPE)],
  [177, use(ICMP_CODE)],
  [178, use(ICMP_TYPE, READ_UNSIGNED, 1)],
  [179, use(ICMP_CODE, READ_UNSIGNED, 1)],
  [150, use(START_MS, READ_SECONDS, 2)],
  [151, use(END_MS, READ_SECONDS, 2)],
  [152, use(START_MS, READ_MILLIS, 0)],
  [153, use(END_MS, READ_MILLIS, 0)],
  [154, use(START_MS, READ_NTP, 1, 8)],
  [155, use(END_MS, READ_NTP, 1, 8)],
  [156, use(START_MS, READ_NTP, 1, 8)],
  [157, use(END_MS, READ_NTP, 1, 8)],
  [158, use(START_MS, READ_DELTA_MICROS, 4)],
  [159, use(END_MS, READ_DELTA_MICROS, 4)],
  [160, use(BOOT_MS, READ_MILLIS)],
  [161, use(DURATION_MS)],
  [162, use(DURATION_MS, READ_MICROS, 1)],
  [322, use(END_MS, READ_SECONDS, 7)],
  [323, use(END_MS, READ_MILLIS, 5)],
  [324, use(END_MS, READ_NTP, 6, 8)],
  [325, use(END_MS, READ_NTP, 6, 8)],
  [230, use(NAT_EVENT)],
  [231, use(BYTES, READ_UNSIGNED, 1)],
  [232, use(BYTES_BACK, READ_UNSIGNED, 1)],
  [298, use(PACKETS, READ_UNSIGNED, 1)],
  [299, use(PACKETS_BACK, READ_UNSIGNED, 1)],
  [233, use(FIREWALL_EVENT)],
  [40_005, use(FIREWALL_EVENT, READ_UNSIGNED, 1)],
  [239, use(BIFLOW_DIRECTION)],
  [352, use(BYTES, READ_UNSIGNED, 4)],
]);

const reverseFields: ReadonlyMap<number, FieldUse> = new Map([
  [1, use(BYTES_BACK)],
  [2, use(PACKETS_BACK)],
  [6, use(FLAGS_BACK)],
  [85, use(BYTES_BACK, READ_UNSIGNED, 2)],
  [86, use(PACKETS_BACK, READ_UNSIGNED, 2)],
]);

/** YAF's flags: 14 of the first packet, 15 of all others; with bit 0x4000 those of the way back. */
const certFields: ReadonlyMap<number, readonly FieldUse[]> = new Map([
  [14, [use(FIRST_FLAGS), use(FLAGS, READ_OR_FLAGS, 1)]],
  [15, [use(FLAGS, READ_OR_FLAGS, 1)]],
  [16_398, [use(FIRST_FLAGS_BACK), use(FLAGS_BACK, READ_OR_FLAGS, 1)]],
  [16_399, [use(FLAGS_BACK, READ_OR_FLAGS, 1)]],
]);

const none: readonly FieldUse[] = [];

/** What is read of a field; empty when nothing is. `enterprise` is 0 for IANA and NetFlow v9 fields. */
export function usesOfField(enterprise: number, field: number): readonly FieldUse[] {
  if (enterprise === CERT_ENTERPRISE) return certFields.get(field) ?? none;
  const found =
    enterprise === 0
      ? standardFields.get(field)
      : enterprise === REVERSE_ENTERPRISE
        ? reverseFields.get(field)
        : undefined;
  return found === undefined ? none : [found];
}

/** Makers of exporters by the private enterprise numbers (IANA) they use in their templates. */
const makerOfEnterprise: ReadonlyMap<number, string> = new Map([
  [9, "cisco-ios"],
  [2_636, "juniper"],
  [12_356, "fortigate"],
  [25_461, "palo-alto"],
  [14_988, "mikrotik"],
  [2_011, "huawei"],
  [25_506, "huawei"],
  [35_632, "nprobe"],
  [43_874, "pmacct"],
  [CERT_ENTERPRISE, "yaf"],
  [6_876, "vmware"],
]);

/** A guess of the exporter's maker from one field; null when the field says nothing. */
export function makerOfField(enterprise: number, field: number, isNetflow9: boolean): string | null {
  if (enterprise !== 0) return makerOfEnterprise.get(enterprise) ?? null;
  if (field === 33_000 || field === 33_001 || field === 33_002 || field === 40_005) return "cisco-asa";
  if (!isNetflow9) return null;
  if (field === 56_701 || field === 56_702) return "palo-alto";
  if (field >= 57_472 && field < 58_500) return "nprobe";
  return null;
}
