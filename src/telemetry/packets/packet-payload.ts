// Evidence in payloads: watched names in DNS, HTTP and TLS, and SMB. Bounded state; contents are never kept.

import type { HostIndex } from "../../model/units.ts";
import { FLAG_KEPT, FLAG_LOOKED } from "./assembly-life.ts";
import type { AssemblyTable } from "./assembly-table.ts";
import type { DecoderContext } from "../decoder.ts";
import { queriedName, requestedHost, serverName } from "./dns.ts";
import { type Packet, TCP_FIN, TCP_RST } from "./packet.ts";
import { isSmbPort, SmbReader } from "./smb.ts";
import { howOfBind } from "./smb-rpc.ts";

const DNS_PORT = 53;
const TLS_HANDSHAKE = 0x16;

export class PayloadReader {
  readonly #context: DecoderContext;
  readonly #smb: SmbReader;

  constructor(context: DecoderContext) {
    this.#context = context;
    this.#smb = new SmbReader(context.writer);
  }

  /** A flow that something is kept for is forgotten; `isCurrent`: its hosts are still those of the table. */
  release(row: number, table: AssemblyTable, isCurrent: boolean): void {
    const server = isSmbPort(table.port2[2 * row]) ? 2 * row : 2 * row + 1;
    const client = 4 * row + 1 - server;
    this.#smb.release(row, isCurrent ? table.host2[client] : null, isCurrent ? table.host2[server] : null);
  }

  /** A TCP packet of a flow that something is kept for, whether it has a payload or not. */
  finish(packet: Packet, source: HostIndex, target: HostIndex, row: number, table: AssemblyTable): void {
    if ((packet.tcpFlags & (TCP_FIN | TCP_RST)) === 0 || (table.flags[row] & FLAG_KEPT) === 0) return;
    if (isSmbPort(packet.targetPort)) this.#smb.finish(row, source, target);
    else this.#smb.finish(row, target, source);
  }

  udp(packet: Packet, source: HostIndex): void {
    if (packet.targetPort !== DNS_PORT) return;
    this.#look(packet, source, queriedName(packet.bytes, packet.payloadBegin, packet.payloadEnd));
  }

  /** A TCP payload of the flow in `row` of the assembler's table. */
  tcp(packet: Packet, source: HostIndex, target: HostIndex, row: number, table: AssemblyTable): void {
    const { bytes, payloadBegin: begin, payloadEnd: end, targetPort } = packet;
    if (isSmbPort(targetPort) || isSmbPort(packet.sourcePort)) {
      this.#smb.read(packet, source, target, row, table);
      return;
    }
    const how = howOfBind(bytes, begin, end);
    if (how !== null) this.#smb.remoteFrom(how, source, target, packet.atMs);
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
