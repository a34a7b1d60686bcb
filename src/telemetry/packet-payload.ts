// Evidence in payloads: watched names in DNS, HTTP and TLS, and SMB. Bounded state; contents are never kept.

import type { HostIndex } from "../model/units.ts";
import { FLAG_LOOKED } from "./assembly.ts";
import type { AssemblyTable } from "./assembly-table.ts";
import type { DecoderContext } from "./decoder.ts";
import { queriedName, requestedHost, serverName } from "./dns.ts";
import type { Packet } from "./packet.ts";
import { SmbReader } from "./smb.ts";

const DNS_PORT = 53;
const TLS_HANDSHAKE = 0x16;

export class PayloadReader {
  readonly #context: DecoderContext;
  readonly #smb: SmbReader;

  constructor(context: DecoderContext) {
    this.#context = context;
    this.#smb = new SmbReader(context.writer);
  }

  /** A flow that something is kept for has ended. */
  release(row: number): void {
    this.#smb.release(row);
  }

  udp(packet: Packet, source: HostIndex): void {
    if (packet.targetPort !== DNS_PORT) return;
    this.#look(packet, source, queriedName(packet.bytes, packet.payloadBegin, packet.payloadEnd));
  }

  /** A TCP payload of the flow in `row` of the assembler's table. */
  tcp(packet: Packet, source: HostIndex, target: HostIndex, row: number, table: AssemblyTable): void {
    const { bytes, payloadBegin: begin, payloadEnd: end, targetPort } = packet;
    this.#smb.read(packet, source, target, row, table);
    if (targetPort === DNS_PORT) {
      this.#look(packet, source, queriedName(bytes, begin + 2, end));
      return;
    }
    if ((table.flags[row] & FLAG_LOOKED) !== 0) return;
    table.flags[row] |= FLAG_LOOKED; // clients speak first, and name the server at once
    const isTls = bytes[begin] === TLS_HANDSHAKE;
    this.#look(packet, source, isTls ? serverName(bytes, begin, end) : requestedHost(bytes, begin, end));
  }

  #look(packet: Packet, source: HostIndex, name: string): void {
    if (name === "" || !this.#context.isWatchedName(name)) return;
    this.#context.writer.observe({ kind: "name-lookup", atMs: packet.atMs, source, name });
  }
}
