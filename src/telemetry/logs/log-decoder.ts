// What every decoder of logs does around its records: chunks are cut into records, all are counted, and those that are
// too long or cut off are refused. A decoder of one format reads the records and says what its log cannot show.

import type { Millis, SensorIndex } from "../../model/units.ts";
import type { Decoder, DecoderContext, Format, InputReport } from "../decoder.ts";
import { RecordSplitter, type RecordSink } from "./lines.ts";
import { type LogOptions, LogTally } from "./lines-tally.ts";

export abstract class LogDecoder implements Decoder, RecordSink {
  abstract readonly format: Format;
  protected readonly context: DecoderContext;
  protected readonly tally: LogTally;
  protected readonly sensor: SensorIndex;
  readonly #splitter = new RecordSplitter(this);
  /** The input is over: a record that can not be read now was cut. */
  #isEnding = false;

  constructor(context: DecoderContext, options: LogOptions) {
    this.context = context;
    this.tally = new LogTally(options);
    this.sensor = context.sensor(context.path);
  }

  get watermarkMs(): Millis {
    return this.tally.watermarkMs;
  }

  write(chunk: Uint8Array): void {
    this.#splitter.write(chunk);
  }

  end(): void {
    this.#isEnding = true;
    if (!this.#splitter.end()) this.tally.skipped.add("truncated");
    this.settle();
  }

  tooLong(): void {
    this.tally.records++;
    this.tally.skipped.add("too-long");
  }

  abstract record(bytes: Uint8Array, begin: number, end: number): void;
  abstract report(): InputReport;

  /** Hands on what still waits once the last record was read. */
  protected abstract settle(): void;

  /** Counts a record that is none of this format. */
  protected refuse(): void {
    this.tally.skipped.add(this.#isEnding ? "truncated" : "bad-line");
  }
}
