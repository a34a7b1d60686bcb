// What every decoder of telemetry/ looks like, and the report of what one input was. Decoders are synchronous: bytes are
// pushed in, rows go to the BatchWriter. They never throw on bad input; they skip and count by reason.

import type { BatchWriter } from "../model/batch.ts";
import type { Millis, SensorIndex } from "../model/units.ts";

/** Formats that can be read, by content. */
export type Format =
  | "pcap"
  | "pcapng"
  | "netflow5"
  | "netflow9"
  | "ipfix"
  | "sflow"
  | "zeek-conn"
  | "zeek-dns"
  | "zeek-smb"
  | "zeek-dce-rpc"
  | "zeek-notice"
  | "zeek-other" // kerberos, ntp, …: recognised, nothing in it we use
  | "eve"
  | "csv"
  | "windows-json";

/** What this kind of input, or this very input, can not show. Shown to the user and in the result. */
export type NotVisible =
  | "dns-names" // name look-ups are not in this input
  | "payload" // contents (SMB dialect, RPC calls) are not in this input
  | "reverse-direction" // only one direction of the conversations was seen
  | "outcome" // nothing tells answered from unanswered
  | "arp" // sweeps of empty addresses inside a segment
  | "flows" // the input holds no flows (alerts or names only)
  | "start-of-flows" // conversations already under way when the capture began
  | "unsampled-packets" // the exporter samples: short flows are missing
  | "templates"; // data came whose template never did

/** Why something was skipped. A closed list, so that counts can be compared and documented (docs/protocols.md). */
export type SkipReason =
  // any input
  | "truncated" // the input ends inside a record
  | "malformed" // a record contradicts its own format
  | "too-long" // a record is over its limit
  | "unsupported" // a known record kind that carries nothing Cordon uses
  | "no-address" // a record without usable addresses (multicast, non-IP)
  | "bad-time" // a time outside 1970..2200
  | "late" // older than the newest record by more than the accepted lateness; still used
  | "duplicate" // the same packet or record again
  // captures
  | "not-ip"
  | "fragment" // a later IP fragment: ports unknown
  | "unknown-link-type"
  | "reply-without-request" // an answer whose question this sensor never saw (backscatter); not a contact
  // flow exports
  | "no-template" // data whose template was never seen
  | "bad-template"
  | "template-withdrawn"
  | "unknown-version"
  | "counter-sample" // sFlow counters
  | "option-data" // options records, used for sampling and names only
  // logs
  | "bad-line"
  | "unused-event"; // an event type we know and do not use

/** Counts by reason. */
export class SkipCounts {
  readonly counts = new Map<SkipReason, number>();
  add(reason: SkipReason, count = 1): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + count);
  }
  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** What is known of one exporter or capture point: the raw material of `cordon doctor`. */
export interface SensorReport {
  readonly sensor: SensorIndex;
  /** "10.0.0.1 domain 256" for exporters, the path for files. */
  readonly name: string;
  readonly format: Format;
  /** Records decoded from this sensor. */
  readonly records: number;
  /** Records lost according to the exporter's own sequence numbers; null where it has none. */
  readonly lostRecords: number | null;
  /** Flow start to export, median and 95th percentile, ms; null where the format does not tell. */
  readonly lagMs: { readonly median: number; readonly p95: number } | null;
  /** Guessed from the longest durations and idle gaps, ms. */
  readonly activeTimeoutMs: number | null;
  readonly inactiveTimeoutMs: number | null;
  /** Packet sampling 1:n as stated by the exporter; 1 when it says none; null when it does not say. */
  readonly samplingRate: number | null;
  readonly templates: number;
  readonly firstMs: Millis | null;
  readonly lastMs: Millis | null;
  /** More about a flow exporter; absent for other sensors. */
  readonly exporter?: ExporterFacts;
}

/** What only flow exporters have: how healthy the telling is, apart from what is told. */
export interface ExporterFacts {
  /** Guess of the maker from enterprise numbers and private fields; null when nothing tells. */
  readonly maker: string | null;
  readonly datagrams: number;
  /** Ids of templates that data asked for and that never came. */
  readonly templatesMissing: readonly number[];
  readonly templatesWithdrawn: number;
  readonly templatesRefused: number;
  /** Last packet of a flow to its export, ms. */
  readonly lagFromEndMs: { readonly median: number; readonly p95: number } | null;
  /** Arrival minus the exporter's clock, ms, median; null where the time of arrival is not known. */
  readonly clockSkewMs: number | null;
  /** Times the sequence numbers began anew. */
  readonly restarts: number;
  /** Records of the side that began, of the side that answered, and of both at once. */
  readonly clientSide: number;
  readonly serverSide: number;
  readonly twoWay: number;
  /** TCP records whose flags say nothing. */
  readonly withoutFlags: number;
  /** Timers as the exporter itself states them in options data, ms; null when it does not. */
  readonly statedActiveMs: number | null;
  readonly statedInactiveMs: number | null;
}

/** What one input was: part of the result of `cordon inspect`. */
export interface InputReport {
  readonly path: string;
  readonly format: Format | null;
  /** Formats found inside (exports carried in a capture). */
  readonly carries: readonly Format[];
  /** Conversations: assembled flows of captures, records of exports, lines of flow logs. */
  readonly flows: number;
  /** Records read of any kind: packets, export records, log lines. */
  readonly records: number;
  readonly skipped: SkipCounts;
  readonly notVisible: readonly NotVisible[];
  readonly firstMs: Millis | null;
  readonly lastMs: Millis | null;
  readonly sensors: readonly SensorReport[];
  /** One sentence when nothing, or not all, could be read; null when all was well. */
  readonly error: string | null;
  /** Remarks worth showing: "every frame is there twice", "the clock jumps by 212 days". */
  readonly remarks: readonly string[];
}

/** The report of an input that is one sensor, and no flow exporter: a capture or a log. */
export function reportOfOneSensor(
  sensor: SensorIndex,
  input: Omit<InputReport, "sensors"> & { readonly format: Format },
): InputReport {
  const { path, format, records, firstMs, lastMs } = input;
  return {
    ...input,
    sensors: [
      {
        sensor,
        name: path,
        format,
        records,
        lostRecords: null,
        lagMs: null,
        activeTimeoutMs: null,
        inactiveTimeoutMs: null,
        samplingRate: null,
        templates: 0,
        firstMs,
        lastMs,
      },
    ],
  };
}

/** What a decoder is given. */
export interface DecoderContext {
  readonly writer: BatchWriter;
  readonly path: string;
  /** Gives the row of a sensor by name, a new one when unknown. Bounded (limits.sensorsMax). */
  sensor(name: string): SensorIndex;
  /** Whether look-ups of this name are to be kept as observations. Lower case, no trailing dot. */
  isWatchedName(name: string): boolean;
}

/** Bytes in, rows out. One decoder reads one input. */
export interface Decoder {
  readonly format: Format;
  /** Takes the next bytes; keeps what it needs of an unfinished record. Never throws on bad input. */
  write(chunk: Uint8Array): void;
  /** The input is over: close what is open. Does not flush the writer. */
  end(): void;
  /** Newest event time seen, or -Infinity: lets several inputs of one network be read in step. */
  readonly watermarkMs: Millis;
  report(): InputReport;
}
