// What is known of each exporter and observation domain: templates, data that waits for them, sequence, times, sampling.
// In: names and numbers from datagram headers; out: the domain's state and, at the end, its report for `cordon doctor`.

import { limits } from "../../limits.ts";
import type { Millis, SensorIndex } from "../../model/units.ts";
import type { ExporterFacts, Format, SensorReport } from "../decoder.ts";
import { SequenceTracker } from "./exporters-sequence.ts";
import type { ExportMoment } from "./fields-table.ts";
import { createTimeProfile, LogHistogram, type TimeProfile } from "./fields-times.ts";
import { TemplateStore } from "./templates.ts";

/** What the turning of records met, per domain. */
export interface TurnTally {
  noAddress: number;
  duplicates: number;
  unsupported: number;
  /** Replies and ICMP errors without a request of their own. */
  repliesLost: number;
  clientSide: number;
  serverSide: number;
  twoWay: number;
  withoutFlags: number;
}

/** A data set that came before its template. */
export interface PendingSet {
  readonly templateId: number;
  readonly bytes: Uint8Array;
  readonly moment: ExportMoment;
}

/** One observation domain (RFC 7011 section 2) of one exporter, in one version of the protocol. */
export class Domain {
  readonly name: string;
  readonly format: Format;
  readonly sensor: SensorIndex;
  readonly templates = new TemplateStore();
  readonly missing = new Set<number>();
  pending: PendingSet[] = [];
  readonly sequence = new SequenceTracker();
  readonly times: TimeProfile = createTimeProfile();
  readonly tally: TurnTally = {
    noAddress: 0,
    duplicates: 0,
    unsupported: 0,
    repliesLost: 0,
    clientSide: 0,
    serverSide: 0,
    twoWay: 0,
    withoutFlags: 0,
  };
  readonly skews = new LogHistogram();
  skewsBehind = 0;
  records = 0;
  datagrams = 0;
  withdrawn = 0;
  refused = 0;
  maker: string | null = null;
  samplingRate: number | null = null;
  activeTimeoutMs: number | null = null;
  inactiveTimeoutMs: number | null = null;
  /** When the exporter began, from options data (systemInitTimeMilliseconds); 0 when not told. */
  bootMs = 0;
  heardMs: Millis = -Infinity;

  constructor(name: string, format: Format, sensor: SensorIndex) {
    this.name = name;
    this.format = format;
    this.sensor = sensor;
  }

  get isSampled(): boolean {
    return this.samplingRate !== null && this.samplingRate > 1;
  }

  hear(receivedMs: Millis, exportMs: Millis, isArrivalKnown: boolean): void {
    this.datagrams++;
    this.heardMs = receivedMs;
    if (!isArrivalKnown) return;
    const skew = receivedMs - exportMs;
    this.skews.add(Math.abs(skew));
    if (skew < 0) this.skewsBehind++;
  }

  report(): SensorReport {
    const { times, records } = this;
    return {
      sensor: this.sensor,
      name: this.name,
      format: this.format,
      records,
      lostRecords: this.#lostRecords(),
      lagMs: quantiles(times.lagFromStart),
      activeTimeoutMs: this.activeTimeoutMs ?? guessedTimer(times.durations.upperHeap(0.05)),
      inactiveTimeoutMs: this.inactiveTimeoutMs ?? guessedTimer(times.idleLag.quantile(0.5)),
      samplingRate: this.samplingRate,
      templates: this.templates.size,
      firstMs: Number.isFinite(times.firstMs) ? times.firstMs : null,
      lastMs: Number.isFinite(times.lastMs) ? times.lastMs : null,
      exporter: this.#facts(),
    };
  }

  /** v9 and sFlow count datagrams: as many records as their datagrams hold on average. */
  #lostRecords(): number {
    const { lost, datagrams } = this.sequence;
    if (this.format === "netflow5" || this.format === "ipfix") return lost;
    return datagrams === 0 ? 0 : Math.round((lost * this.records) / datagrams);
  }

  #facts(): ExporterFacts {
    const skew = this.skews.quantile(0.5);
    return {
      maker: this.maker,
      datagrams: this.datagrams,
      templatesMissing: [...this.missing].sort((a, b) => a - b),
      templatesWithdrawn: this.withdrawn,
      templatesRefused: this.refused,
      lagFromEndMs: quantiles(this.times.lagFromEnd),
      clockSkewMs: skew === null ? null : this.skewsBehind * 2 > this.skews.total ? -skew : skew,
      restarts: this.sequence.restarts,
      clientSide: this.tally.clientSide,
      serverSide: this.tally.serverSide,
      twoWay: this.tally.twoWay,
      withoutFlags: this.tally.withoutFlags,
      statedActiveMs: this.activeTimeoutMs,
      statedInactiveMs: this.inactiveTimeoutMs,
    };
  }
}

function quantiles(histogram: LogHistogram): { median: number; p95: number } | null {
  const median = histogram.quantile(0.5);
  const p95 = histogram.quantile(0.95);
  return median === null || p95 === null ? null : { median, p95 };
}

const usualTimersMs = [1, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600].map((seconds) => seconds * 1_000);

/** The usual setting close by (15 %), else the measured value itself; outside half a second to two hours it is no timer. */
function guessedTimer(measuredMs: number | null): Millis | null {
  if (measuredMs === null || measuredMs < 500 || measuredMs > 7_200_000) return null;
  return usualTimersMs.find((usual) => Math.abs(measuredMs - usual) <= usual * 0.15) ?? measuredMs;
}

/** All domains of one decoder. Bounded: the one silent for longest is forgotten. */
export class Exporters {
  readonly #domains = new Map<string, Map<number, Domain>>();
  readonly #sensorOf: (name: string) => SensorIndex;
  readonly #hasDomainNames: boolean;
  #count = 0;
  #pendingBytes = 0;
  droppedDomains = 0;
  droppedSets = 0;

  /** @param hasDomainNames  whether a sensor is an exporter and a domain of it, or the input as a whole */
  constructor(sensorOf: (name: string) => SensorIndex, hasDomainNames = true) {
    this.#sensorOf = sensorOf;
    this.#hasDomainNames = hasDomainNames;
  }

  /** The state of a domain; a new one when it was not heard before. */
  domain(exporter: string, format: Format, version: number, id: number): Domain {
    let ofExporter = this.#domains.get(exporter);
    if (ofExporter === undefined) {
      ofExporter = new Map();
      this.#domains.set(exporter, ofExporter);
    }
    const key = id * 16 + version;
    const known = ofExporter.get(key);
    if (known !== undefined) return known;
    if (this.#count >= limits.exporterDomainsMax) this.#dropSilent(ofExporter);
    const name = this.#hasDomainNames ? `${exporter} domain ${id}` : exporter;
    const domain = new Domain(name, format, this.#sensorOf(name));
    ofExporter.set(key, domain);
    this.#count++;
    return domain;
  }

  *[Symbol.iterator](): IterableIterator<Domain> {
    for (const ofExporter of this.#domains.values()) yield* ofExporter.values();
  }

  /** Keeps a copy of a data set until its template comes. */
  keep(domain: Domain, templateId: number, bytes: Uint8Array, moment: ExportMoment): void {
    if (domain.pending.length >= limits.pendingSetsMax) this.#forget(domain.pending.shift());
    while (domain.pending.length > 0 && this.#pendingBytes + bytes.length > limits.pendingBytesMax) {
      this.#forget(domain.pending.shift());
    }
    if (this.#pendingBytes + bytes.length > limits.pendingBytesMax) {
      this.droppedSets++;
      return;
    }
    this.#pendingBytes += bytes.length;
    domain.pending.push({ templateId, bytes: bytes.slice(), moment: { ...moment } });
  }

  /** Takes out the sets whose template is known now. */
  takeReady(domain: Domain): PendingSet[] {
    const ready = domain.pending.filter(({ templateId }) => domain.templates.find(templateId) !== undefined);
    if (ready.length === 0) return ready;
    domain.pending = domain.pending.filter((set) => !ready.includes(set));
    for (const { bytes } of ready) this.#pendingBytes -= bytes.length;
    return ready;
  }

  #forget(set: PendingSet | undefined): void {
    if (set === undefined) return;
    this.#pendingBytes -= set.bytes.length;
    this.droppedSets++;
  }

  #dropSilent(keepMap: Map<number, Domain>): void {
    let silent: { exporter: string; key: number; domain: Domain } | null = null;
    for (const [exporter, ofExporter] of this.#domains) {
      for (const [key, domain] of ofExporter) {
        if (silent === null || domain.heardMs < silent.domain.heardMs) silent = { exporter, key, domain };
      }
    }
    if (silent === null) return;
    const ofExporter = this.#domains.get(silent.exporter);
    for (const set of silent.domain.pending) this.#forget(set);
    ofExporter?.delete(silent.key);
    if (ofExporter?.size === 0 && ofExporter !== keepMap) this.#domains.delete(silent.exporter);
    this.#count--;
    this.droppedDomains++;
  }
}
