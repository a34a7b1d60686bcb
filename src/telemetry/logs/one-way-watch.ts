// Tells a sensor that sees one direction only: connections it says were answered, of whose answer it counted no packet.
// Rows in as they are made, one verdict out; it may change as more come.

import { NOT_SEEN, OUTCOME_ANSWERED } from "../../model/flow.ts";
import type { LogRow } from "./lines-row.ts";

/** So many answered connections without one packet of the answer make a sensor one-way. */
const blindMin = 10;
/** And so many times as many as those with one. */
const blindPerSeenMin = 10;

export class OneWayWatch {
  #seen = 0;
  #blind = 0;

  /** Takes a TCP row whose outcome is known; the sizes of an answer that was not counted become NOT_SEEN. */
  take(row: LogRow): void {
    if (row.outcome !== OUTCOME_ANSWERED) return;
    if (row.packetsBack > 0) this.#seen++;
    if (row.packetsBack !== 0) return;
    this.#blind++;
    row.packetsBack = NOT_SEEN;
    row.bytesBack = NOT_SEEN;
  }

  isOneWay(): boolean {
    return this.#blind >= blindMin && this.#blind > blindPerSeenMin * this.#seen;
  }
}
