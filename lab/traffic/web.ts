// Web browsing, as a person or behind a shared address: pages, the servers each needs, look-ups, dead servers retried.
// In: a device and how many pages a day. Out: a Task. Rates and failures follow M57 (docs/concepts/traffic.md).

import { mix32 } from "../../src/kit/hash.ts";
import { OUTCOME_ANSWERED, OUTCOME_REFUSED, OUTCOME_UNANSWERED, PROTOCOL_TCP } from "../../src/model/flow.ts";
import { outsideAddress } from "./hospital.ts";
import { rates } from "./parameters.ts";
import type { Task } from "./task-queue.ts";
import { lookUp, often, spread, traitOf, type World } from "./world.ts";

/** Distinct sites anyone may visit; visits fall off as one over the rank. */
const SITES = 30_000;

export function browse(world: World, device: number, pagesPerDay: number): Task {
  const offset = Math.floor(traitOf(world, device, 80) * SITES);
  const { random } = world;
  // People read in sittings: a few pages within a minute, then nothing for a while.
  return often(world, device, pagesPerDay / rates.webPagesPerSitting, (nowMs) => {
    const pages = 1 + Math.min(12, Math.floor(random.exponential(rates.webPagesPerSitting - 0.5)));
    for (let page = 0; page < pages; page++) {
      const atMs = page === 0 ? nowMs : nowMs + random.float() * 20_000 * page;
      visit(world, device, pickSite(world, offset), atMs);
    }
  });
}

/** Half of the visits go to what everybody reads, half to the device's own favourites. */
function pickSite(world: World, offset: number): number {
  const { random } = world;
  const rank = Math.floor(SITES ** random.float());
  return random.chance(0.5) ? rank : (rank + offset) % SITES;
}

/** One page: its servers within a second or two, most of them three flows each. */
function visit(world: World, device: number, site: number, nowMs: number): void {
  const { random } = world;
  const serverCount = serversOf(site);
  const used = serverCount > 3 ? Math.ceil(serverCount * (0.4 + 0.6 * random.float())) : serverCount;
  for (let nth = 0; nth < used; nth++) {
    const atMs = nowMs + nth * 90 * random.float() + 20;
    if (random.float() < rates.dnsPerServer / 2) {
      lookUp(world, atMs - 15, device);
      lookUp(world, atMs - 14, device);
    }
    reach(world, device, site * 16 + nth, atMs);
  }
}

/** Half of the sites need one server, a quarter two, and so on; three in a hundred need a dozen. */
function serversOf(site: number): number {
  const word = mix32(site ^ 0x51e5) >>> 0;
  if (word % 100 < 3) return 6 + (word % (rates.webServersPerSiteMax - 5));
  return 1 + Math.min(4, Math.clz32((word << 1) | 1));
}

function reach(world: World, device: number, server: number, atMs: number): void {
  const { random, rows, addressOf } = world;
  const luck = (mix32(server ^ 0x2d1e) >>> 0) / 4294967296;
  const port = (mix32(server ^ 0x443) >>> 0) / 4294967296 < rates.webSecureShare ? 443 : 80;
  const target = outsideAddress(server);
  const source = addressOf[device];
  if (luck < rates.webDeadServerShare + rates.webRefusingServerShare) {
    const tries = 1 + random.below(2 * rates.webTriesPerDeadServer);
    for (let nth = 0; nth < tries; nth++) {
      if (luck < rates.webDeadServerShare) rows.putUnanswered(atMs + nth * 9_000, source, target, port);
      else rows.putRefused(atMs + nth * 600, source, target, port);
    }
    return;
  }
  const flows = 1 + Math.floor(random.exponential(rates.webFlowsPerServer - 0.5));
  for (let nth = 0; nth < flows; nth++) {
    const startMs = atMs + (nth === 0 ? 0 : random.exponential(1_500));
    if (startMs - atMs > 60_000) continue;
    // Servers that answer at all answer the first time: later flows are the ones that fail (M57).
    const draw = nth === 0 ? 1 : random.float();
    if (draw < rates.webUnansweredShare)
      rows.put(startMs, source, target, PROTOCOL_TCP, port, OUTCOME_UNANSWERED, 3_000, 156, 0);
    else if (draw < rates.webUnansweredShare + rates.webRefusedShare)
      rows.put(startMs, source, target, PROTOCOL_TCP, port, OUTCOME_REFUSED, 30, 52, 40);
    else {
      const durationMs = Math.min(300_000, spread(random, rates.webDurationMedianMs, 2.2));
      const back = spread(random, rates.webBytesBackMedian, 1.6);
      rows.put(
        startMs,
        source,
        target,
        PROTOCOL_TCP,
        port,
        OUTCOME_ANSWERED,
        durationMs,
        spread(random, rates.webBytesMedian, 0.6),
        back,
      );
    }
  }
}
