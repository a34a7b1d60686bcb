// The batch: where the data plane meets the rest. Telemetry fills one and hands it on, synchronously.

import { limits } from "../limits.ts";
import { createFlowTable, type FlowTable, sortFlows } from "./flow.ts";
import { HostTable } from "./host-table.ts";
import type { Observation, Sighting } from "./observation.ts";

/** Flows sorted by `atMs`, with what else was seen in the same stretch of time, sorted too. */
export interface Batch {
  readonly flows: FlowTable;
  readonly observations: readonly Observation[];
  readonly sightings: readonly Sighting[];
}

/**
 * What decoders write to. `row()` gives the next free row of `flows`; when the table is full the batch is sorted and
 * handed to `onBatch` first. The receiver must be done with the batch when it returns.
 */
export class BatchWriter {
  readonly hosts: HostTable;
  readonly flows: FlowTable;
  observationsDropped = 0;
  readonly #spare: FlowTable;
  readonly #onBatch: (batch: Batch) => void;
  #observations: Observation[] = [];
  #sightings: Sighting[] = [];

  constructor(hosts: HostTable, onBatch: (batch: Batch) => void, capacity: number = limits.batchRowsMax) {
    this.hosts = hosts;
    this.flows = createFlowTable(capacity);
    this.#spare = createFlowTable(capacity);
    this.#onBatch = onBatch;
  }

  /**
   * The next free row, counted already. Call it BEFORE interning the addresses of the row: a full batch is handed on
   * here, and hosts interned before that moment may give way afterwards.
   */
  row(): number {
    const flows = this.flows;
    if (flows.length === flows.capacity) this.flush();
    return flows.length++;
  }

  observe(observation: Observation): void {
    if (this.#observations.length >= limits.batchObservationsMax) this.observationsDropped++;
    else this.#observations.push(observation);
  }

  sight(sighting: Sighting): void {
    if (this.#sightings.length >= limits.batchObservationsMax) this.observationsDropped++;
    else this.#sightings.push(sighting);
  }

  /** Hands on what there is. Nothing happens when there is nothing. */
  flush(): void {
    const flows = this.flows;
    if (flows.length === 0 && this.#observations.length === 0 && this.#sightings.length === 0) return;
    sortFlows(flows, this.#spare);
    const observations = this.#observations.sort((a, b) => a.atMs - b.atMs);
    const sightings = this.#sightings.sort((a, b) => a.atMs - b.atMs);
    this.#observations = [];
    this.#sightings = [];
    this.#onBatch({ flows, observations, sightings });
    flows.length = 0;
    this.hosts.beginBatch();
  }
}
