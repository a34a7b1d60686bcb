import { createSocket } from "node:dgram";
import { expect, test } from "vitest";
import { v5Datagrams } from "../../bench/export-traffic.ts";
import { manualClock } from "../kit/clock.ts";
import { HostTable } from "../model/host-table.ts";
import { dropsInTable } from "./listen.ts";
import { listenForExports } from "./listen-exports.ts";

test("listenForExports() turns datagrams from loopback into batches and reports the exporter", async () => {
  let rows = 0;
  const opened = await listenForExports({
    host: "127.0.0.1",
    port: 0,
    clock: manualClock(1_800_000_000_000),
    hosts: new HostTable(),
    onBatch: ({ flows }) => {
      rows += flows.length;
    },
  });
  if (!opened.ok) throw new Error(opened.because);
  const { listener } = opened;
  const socket = createSocket("udp4");
  const send = (payload: Uint8Array): Promise<void> =>
    new Promise((done) => socket.send(payload, listener.port, "127.0.0.1", () => done()));
  for (const datagram of v5Datagrams(1, 90)) await send(datagram);
  await send(Buffer.from("not an export"));
  while (listener.datagrams < 4) await new Promise((next) => setImmediate(next));
  listener.tick();
  expect(rows).toBeGreaterThanOrEqual(90);
  expect(listener.foreignDatagrams).toBe(1);
  expect(listener.sensors()).toMatchObject([
    { name: "127.0.0.1 domain 0", format: "netflow5", records: 90, lostRecords: 0 },
  ]);
  expect(listener.receiveBufferBytes).toBeGreaterThan(0);
  await listener.close();
  socket.close();
});

test("listenForExports() fails by value when the port is taken", async () => {
  const options = { host: "127.0.0.1", port: 0, clock: manualClock(), hosts: new HostTable(), onBatch: () => {} };
  const first = await listenForExports(options);
  if (!first.ok) throw new Error(first.because);
  const second = await listenForExports({ ...options, port: first.listener.port });
  expect(second).toMatchObject({ ok: false, because: expect.stringContaining("Cannot listen") as string });
  await first.listener.close();
});

test("dropsInTable() reads the drops of one port", () => {
  const table = [
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
    "  123: 0100007F:0807 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 42",
    "  124: 0100007F:0808 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0000000000000000 7",
  ].join("\n");
  expect(dropsInTable(table, 0x0807)).toBe(42);
  expect(dropsInTable(table, 9)).toBeNull();
});
