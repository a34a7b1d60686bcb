// Names of machines in, hosts out: events name the machine that wrote them, addresses come from connections and log-ons.
// Observations about a machine whose address is not known yet wait for it, in bounded number.

import type { BatchWriter } from "../../model/batch.ts";
import type { Observation } from "../../model/observation.ts";
import { type HostIndex, type Millis, NO_HOST } from "../../model/units.ts";
import { AddressCell } from "./lines-fields.ts";
import { internCell, isUnicast } from "./lines-row.ts";
import type { LogTally } from "./lines-tally.ts";
import { plainHostName } from "./windows-event.ts";

/** Names remembered. When full, the oldest is forgotten. */
const namesMax = 65_536;
/** Observations that wait for an address. When full, the oldest is made with what is known. */
const waitingMax = 4096;
/** A service made this soon after a network log-on is laid to the client that logged on last. */
const clientMs = 60_000;

/** Makes the observation once the machine's host is known, or from NO_HOST when it never is; null for none. */
type Make = (host: HostIndex) => Observation | null;

interface Waiting {
  readonly name: string;
  readonly make: Make;
}

export class WindowsHosts {
  readonly #writer: BatchWriter;
  readonly #tally: LogTally;
  readonly #addressOf = new Map<string, AddressCell>();
  readonly #clientOf = new Map<string, { readonly cell: AddressCell; readonly atMs: Millis }>();
  #waiting: Waiting[] = [];

  constructor(writer: BatchWriter, tally: LogTally) {
    this.#writer = writer;
    this.#tally = tally;
  }

  /** Notes that a machine has an address, and hands on what waited for it. The first IPv4 address stays. */
  learn(computer: string, cell: AddressCell): void {
    const name = plainHostName(computer);
    const known = this.#addressOf.get(name);
    if (name === "" || !isUnicast(cell) || known?.family === 4 || (known !== undefined && cell.family === 6)) return;
    if (this.#addressOf.size >= namesMax) this.#addressOf.delete(this.#addressOf.keys().next().value!);
    this.#addressOf.set(name, Object.assign(new AddressCell(), cell));
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter((waiting) => waiting.name === name);
    this.#waiting = this.#waiting.filter((waiting) => waiting.name !== name);
    for (const { make } of ready) this.#emit(make, name);
  }

  /** The host of a machine's name; NO_HOST when its address is not known. */
  find(computer: string): HostIndex {
    const cell = this.#addressOf.get(plainHostName(computer));
    return cell === undefined ? NO_HOST : internCell(this.#writer, cell);
  }

  /** Observes now, with NO_HOST when the machine's address is not known. */
  observeNow(computer: string, make: Make): void {
    this.#emit(make, computer);
  }

  /** Observes once the machine's address is known; at the end with NO_HOST. */
  observeOn(computer: string, make: Make): void {
    const name = plainHostName(computer);
    if (this.#addressOf.has(name)) {
      this.#emit(make, name);
      return;
    }
    this.#waiting.push({ name, make });
    if (this.#waiting.length <= waitingMax) return;
    const oldest = this.#waiting.shift();
    if (oldest !== undefined) this.#emit(oldest.make, oldest.name);
  }

  /** Notes that a client logged on to the machine over the network. */
  touch(computer: string, client: AddressCell, atMs: Millis): void {
    if (this.#clientOf.size >= namesMax) this.#clientOf.delete(this.#clientOf.keys().next().value!);
    this.#clientOf.set(plainHostName(computer), { cell: Object.assign(new AddressCell(), client), atMs });
  }

  recentClient(computer: string, atMs: Millis): HostIndex {
    const client = this.#clientOf.get(plainHostName(computer));
    if (client === undefined || Math.abs(atMs - client.atMs) > clientMs) return NO_HOST;
    return internCell(this.#writer, client.cell);
  }

  end(): void {
    for (const { name, make } of this.#waiting.splice(0)) this.#emit(make, name);
  }

  #emit(make: Make, name: string): void {
    const observation = make(this.find(name));
    if (observation === null) this.#tally.skipped.add("no-address");
    else this.#writer.observe(observation);
  }
}
