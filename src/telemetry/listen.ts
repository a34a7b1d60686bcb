// A UDP socket that hands on export datagrams. In: an address to listen on; out: payload, sender and time of arrival by
// the clock it is given. What the kernel dropped before we read is counted where the system tells (Linux).

import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import type { Clock } from "../kit/clock.ts";
import { limits } from "../limits.ts";
import type { Millis } from "../model/units.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly onDatagram: (payload: Uint8Array, exporterName: string, receivedMs: Millis) => void;
  /** The socket failed after it was open; it is closed then. */
  readonly onError?: (because: string) => void;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Bytes the kernel granted (it counts its own bookkeeping too). */
  readonly receiveBufferBytes: number;
  readonly datagrams: number;
  /** Datagrams the kernel dropped for want of buffer; null where the system does not tell. */
  kernelDrops(): number | null;
  close(): Promise<void>;
}

export type Listening =
  | { readonly ok: true; readonly listener: Listener }
  | { readonly ok: false; readonly because: string };

/** Opens the socket. Fails by value: an address in use is the outside world, not a bug. */
export function listen(options: ListenOptions): Promise<Listening> {
  const { host, port, clock, onDatagram } = options;
  const socket = createSocket({ type: host.includes(":") ? "udp6" : "udp4", reuseAddr: false });
  let datagrams = 0;
  socket.on("message", (payload, sender) => {
    datagrams++;
    onDatagram(payload, plainAddress(sender.address), clock.nowMs());
  });
  return new Promise((resolve) => {
    socket.once("error", (error) => {
      socket.close();
      resolve({ ok: false, because: `Cannot listen: ${host}:${port} must be free and local, got ${error.message}` });
    });
    socket.bind(port, host, () => {
      socket.removeAllListeners("error");
      socket.on("error", (error) => {
        socket.close();
        options.onError?.(error.message);
      });
      const granted = growBuffer(socket);
      const bound = socket.address();
      resolve({
        ok: true,
        listener: {
          host: bound.address,
          port: bound.port,
          receiveBufferBytes: granted,
          get datagrams() {
            return datagrams;
          },
          kernelDrops: () => kernelDropsOf(bound.port, bound.family === "IPv6"),
          close: () => new Promise((done) => socket.close(() => done())),
        },
      });
    });
  });
}

/** An IPv4 sender on an IPv6 socket keeps one name. */
function plainAddress(address: string): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

function growBuffer(socket: Socket): number {
  try {
    socket.setRecvBufferSize(limits.receiveBufferBytes); // it grants what net.core.rmem_max allows
  } catch {
    // Refused: what the system gives by default is reported instead.
  }
  return socket.getRecvBufferSize();
}

/** The last column of /proc/net/udp: drops of the socket bound to `port`. Exported for its test. */
export function dropsInTable(table: string, port: number): number | null {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  let drops: number | null = null;
  for (const line of table.split("\n").slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (columns.length < 13 || !columns[1].endsWith(suffix)) continue;
    drops = (drops ?? 0) + Number(columns[12]);
  }
  return drops;
}

function kernelDropsOf(port: number, isIpv6: boolean): number | null {
  try {
    return dropsInTable(readFileSync(isIpv6 ? "/proc/net/udp6" : "/proc/net/udp", "latin1"), port);
  } catch {
    return null; // not Linux
  }
}
