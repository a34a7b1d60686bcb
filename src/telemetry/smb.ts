import type { BatchWriter } from "../model/batch.ts";
import type { HostIndex } from "../model/units.ts";
import type { AssemblyTable } from "./assembly-table.ts";
import type { Packet } from "./packet.ts";

export class SmbReader {
  readonly #writer: BatchWriter;
  constructor(writer: BatchWriter) {
    this.#writer = writer;
  }
  release(_row: number): void {}
  read(_packet: Packet, _source: HostIndex, _target: HostIndex, _row: number, _table: AssemblyTable): void {
    void this.#writer;
  }
}
