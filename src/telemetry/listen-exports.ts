// Live flow exports: a UDP listener and the export decoder behind it. In: an address, a clock; out: batches, one at least
// every `batchMs` while something comes, and reports of the exporters at any time. Receiving never triggers a decision:
// a batch is handed on when `tick` is called, at the caller's own pace.

import { type Batch, BatchWriter } from "../model/batch.ts";
import type { HostTable } from "../model/host-table.ts";
import type { SensorReport, SkipCounts } from "./decoder.ts";
import { createExportDecoder } from "./exports/export-stream.ts";
import { listen, type Listener, type ListenOptions } from "./listen.ts";
import { sensorRows } from "./collect-sources.ts";

export interface ListenForExportsOptions extends Omit<ListenOptions, "onDatagram"> {
  readonly hosts: HostTable;
  readonly onBatch: (batch: Batch) => void;
}

export interface ExportListener extends Listener {
  /** Datagrams that were none of the four formats. */
  readonly foreignDatagrams: number;
  readonly skipped: SkipCounts;
  sensors(): SensorReport[];
  /** Hands on what came since the last call; attempts that waited long enough get their outcome. */
  tick(): void;
  /** Closes the socket, settles what waits and hands on the rest. */
  close(): Promise<void>;
}

export type ListeningForExports =
  | { readonly ok: true; readonly listener: ExportListener }
  | { readonly ok: false; readonly because: string };

/** Opens the listener; fails by value when the address cannot be had. */
export async function listenForExports(options: ListenForExportsOptions): Promise<ListeningForExports> {
  const { host, port, clock, hosts, onBatch, onError } = options;
  const writer = new BatchWriter(hosts, onBatch);
  const sensors = sensorRows();
  const decoder = createExportDecoder({
    writer,
    path: `udp ${host}:${port}`,
    sensor: sensors,
    isWatchedName: () => false,
  });
  let foreignDatagrams = 0;
  const listening = await listen({
    host,
    port,
    clock,
    onDatagram: (payload, exporterName, receivedMs) => {
      if (!decoder.decodeDatagram(payload, exporterName, receivedMs)) foreignDatagrams++;
    },
    ...(onError && { onError }),
  });
  if (!listening.ok) return listening;
  const socket = listening.listener;
  return {
    ok: true,
    listener: {
      host: socket.host,
      port: socket.port,
      receiveBufferBytes: socket.receiveBufferBytes,
      get datagrams() {
        return socket.datagrams;
      },
      get foreignDatagrams() {
        return foreignDatagrams;
      },
      get skipped() {
        return decoder.skipped;
      },
      kernelDrops: () => socket.kernelDrops(),
      sensors: () => decoder.sensors(),
      tick: () => {
        decoder.advance(clock.nowMs());
        writer.flush();
      },
      close: async () => {
        await socket.close();
        decoder.end();
        writer.flush();
      },
    },
  };
}
