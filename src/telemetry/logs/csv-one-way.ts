// CSV rows of one direction each in, flow rows out: they are turned and paired exactly like records of a flow export.

import type { BatchWriter } from "../../model/batch.ts";
import { PROTOCOL_ICMP, PROTOCOL_ICMP6 } from "../../model/flow.ts";
import type { SensorIndex } from "../../model/units.ts";
import { cellSlots, readCount, readFlagCell, readIcmp, readPort, readSpan } from "./csv-cells.ts";
import type { DecoderContext } from "../decoder.ts";
import { RecordTurner } from "../exports/direction.ts";
import type { TurnTally } from "../exports/exporters.ts";
import * as slots from "../exports/fields.ts";
import { RecordTable } from "../exports/fields-table.ts";
import { AddressCell, type FieldSet } from "./lines-fields.ts";
import { readProtocol } from "./lines-row.ts";
import type { LogTally } from "./lines-tally.ts";

export class CsvOneWay {
  hasOutcome = true;
  readonly #tally: LogTally;
  readonly #sensor: SensorIndex;
  readonly #table = new RecordTable();
  readonly #turner: RecordTurner;
  readonly #source = new AddressCell();
  readonly #target = new AddressCell();
  readonly #turned: TurnTally = {
    noAddress: 0,
    duplicates: 0,
    unsupported: 0,
    repliesLost: 0,
    clientSide: 0,
    serverSide: 0,
    twoWay: 0,
    withoutFlags: 0,
  };
  #withFlags = 0;
  #rows = 0;

  constructor(context: DecoderContext, tally: LogTally, sensor: SensorIndex) {
    this.#tally = tally;
    this.#sensor = sensor;
    this.#turner = new RecordTurner(context.writer satisfies BatchWriter, this.#table);
  }

  take(fields: FieldSet): void {
    const tally = this.#tally;
    const { startMs, durationMs } = readSpan(fields);
    const protocol = readProtocol(fields.bytes, fields.begin[cellSlots.protocol], fields.end[cellSlots.protocol]);
    const hasEnds = fields.address(cellSlots.source, this.#source) && fields.address(cellSlots.target, this.#target);
    const isIcmp = protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMP6;
    const sourcePort = readPort(fields, cellSlots.sourcePort);
    const targetPort = isIcmp ? readIcmp(fields) : readPort(fields, cellSlots.targetPort);
    if (!hasEnds || sourcePort === -1 || targetPort === -1 || targetPort > 65_535) {
      tally.skipped.add("bad-line");
      return;
    }
    if (!tally.accept(startMs, startMs + durationMs)) return;
    if (protocol === -1) {
      tally.skipped.add("unsupported");
      return;
    }
    const { columns } = this.#table;
    this.#setAddresses();
    columns[slots.SOURCE_PORT][0] = sourcePort;
    columns[slots.TARGET_PORT][0] = targetPort;
    columns[slots.PROTOCOL][0] = protocol;
    const flags = readFlagCell(fields, cellSlots.flags);
    columns[slots.FLAGS][0] = flags;
    if (flags > 0) this.#withFlags++;
    columns[slots.BYTES][0] = readCount(fields, cellSlots.bytes);
    columns[slots.PACKETS][0] = readCount(fields, cellSlots.packets);
    columns[slots.START_MS][0] = startMs;
    columns[slots.END_MS][0] = startMs + durationMs;
    this.#rows++;
    tally.flows++;
    // Files are sorted by end or start only roughly: what waits is settled by the newest end seen so far.
    this.#turner.advance(tally.lastMs);
    this.#turner.turn(1, false, { sensor: this.#sensor, isSampled: false, tally: this.#turned, times: tally });
  }

  end(): void {
    this.#turner.end();
    this.#turned.repliesLost += this.#turner.takeLostReplies();
    const { skipped } = this.#tally;
    const { noAddress, duplicates, unsupported, repliesLost } = this.#turned;
    if (noAddress > 0) skipped.add("no-address", noAddress);
    if (duplicates > 0) skipped.add("duplicate", duplicates);
    if (unsupported > 0) skipped.add("unsupported", unsupported);
    if (repliesLost > 0) skipped.add("reply-without-request", repliesLost);
    this.hasOutcome = this.#rows === 0 || this.#withFlags > 0 || this.#turned.serverSide > 0;
    Object.assign(this.#turned, { noAddress: 0, duplicates: 0, unsupported: 0, repliesLost: 0 });
  }

  #setAddresses(): void {
    const { columns } = this.#table;
    const [source, target] = [this.#source, this.#target];
    columns[slots.SOURCE4][0] = source.family === 4 ? source.w3 : 0;
    columns[slots.TARGET4][0] = target.family === 4 ? target.w3 : 0;
    for (const [slot, cell] of [
      [slots.SOURCE6, source],
      [slots.TARGET6, target],
    ] as const) {
      const isIpv6 = cell.family === 6;
      columns[slot][0] = isIpv6 ? cell.w0 : 0;
      columns[slot + 1][0] = isIpv6 ? cell.w1 : 0;
      columns[slot + 2][0] = isIpv6 ? cell.w2 : 0;
      columns[slot + 3][0] = isIpv6 ? cell.w3 : 0;
    }
  }
}
