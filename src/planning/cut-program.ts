// The terms of the cut as a mixed-integer program. Each segment is a node whose risk is that of the riskiest way into it,
// less what closes the way; ways that leave by one wall share a node, so that a university hospital has some thousand
// rows and not a row for each pair of segments.

import type { NeedTerm, OptionTerm } from "./care-terms.ts";
import type { CutTerms, Way } from "./cut-terms.ts";
import { LinearProgram } from "./solve.ts";

export interface CutProgram {
  readonly program: LinearProgram;
  /** Column of each choice. */
  readonly choices: readonly number[];
}

export function cutProgramOf(terms: CutTerms): CutProgram {
  const program = new LinearProgram();
  const choices = terms.choices.map(({ price }) => program.addColumn(price, 1, true));
  const builder = new Builder(program, choices, terms);
  const losses = builder.addWays();
  addCare(program, terms, choices, losses);
  return { program, choices };
}

/** Forbids one answer, so that the next best can be asked for. */
export function forbid({ program, choices }: CutProgram, chosen: ArrayLike<number>): void {
  const count = choices.filter((_, at) => chosen[at] === 1).length;
  program.addRow(
    choices.map((column, at) => [column, chosen[at] === 1 ? -1 : 1]),
    1 - count,
  );
}

/** Risk that leaves a segment: a column, or what the segment begins with; never above `cap`. */
interface Carrier {
  readonly name: string;
  readonly column: number;
  readonly odds: number;
  readonly cap: number;
}

/** Caps of the nodes at which ways come in: few, so that ways from many segments share them. */
const capsOfNodes = [0.1, 0.25, 0.5, 1];

/** Walls, nodes at them and the ways between. */
class Builder {
  private readonly program: LinearProgram;
  private readonly choices: readonly number[];
  private readonly terms: CutTerms;
  private readonly losses: number[] = [];
  /** What leaves each segment. A wall against a risk never above 0.3 is whole once it closes 0.3: hence the caps. */
  private readonly carriers: Carrier[][] = [];
  private readonly walls = new Map<string, number>();

  constructor(program: LinearProgram, choices: readonly number[], terms: CutTerms) {
    this.program = program;
    this.choices = choices;
    this.terms = terms;
  }

  /** @returns the column of each segment's loss, -1 where nothing can come */
  addWays(): readonly number[] {
    const { ways, values, odds, oddsIsolated, isolation } = this.terms;
    const isTarget = new Set(ways.map(({ to }) => to));
    values.forEach((value, segment) => {
      const loss = isTarget.has(segment) ? this.program.addColumn(value) : -1;
      this.losses.push(loss);
      const carriers: Carrier[] = [];
      this.carriers.push(carriers);
      if (isolation[segment] >= 0) {
        const risk = this.program.addColumn(0);
        const relief = odds[segment] - oddsIsolated[segment];
        this.addRow([risk, 1, this.choices[isolation[segment]], relief], odds[segment]);
        carriers.push({ name: `${segment} begins`, column: risk, odds: 0, cap: odds[segment] });
      } else if (odds[segment] > 0) {
        carriers.push({ name: `${segment} begins`, column: -1, odds: odds[segment], cap: odds[segment] });
      }
      // Nothing that comes in adds to a segment that is lost for sure.
      if (loss >= 0 && (odds[segment] < 1 || isolation[segment] >= 0)) {
        carriers.push({ name: `${segment} later`, column: loss, odds: 0, cap: 1 });
      }
    });
    this.addHubs(ways);
    return this.losses;
  }

  /** One node for each wall that a segment's ways leave by, one for each that they come in by, hubs between alike ones. */
  private addHubs(ways: readonly Way[]): void {
    const leaving = new Map<string, { readonly out: Carrier; readonly targets: Set<number> }>();
    const nodes = new Map<string, number>();
    for (const way of ways) {
      for (const carrier of this.carriers[way.from]) {
        const isOwn = carrier.column === this.losses[way.to];
        if (isOwn) continue; // what came in has taken it all
        const cap = capsOfNodes.find((each) => each >= carrier.cap) ?? 1;
        const out =
          way.atSource.length === 0
            ? carrier
            : this.nodeAfter(nodes, `out ${carrier.name} ${way.atSource.join()}`, carrier, way.atSource);
        const into =
          way.atTarget.length === 0
            ? this.losses[way.to]
            : this.nodeBefore(nodes, `in ${way.to} ${cap} ${way.atTarget.join()}`, way, cap);
        if (way.inside.length > 0) {
          this.addLead(into, out, this.wall(way.inside, carrier.cap));
          continue;
        }
        const known = leaving.get(out.name) ?? { out, targets: new Set<number>() };
        leaving.set(out.name, known);
        known.targets.add(into);
      }
    }
    const alike = new Map<string, Carrier[]>();
    for (const { out, targets } of leaving.values()) {
      const key = [...targets].sort((a, b) => a - b).join();
      alike.set(key, [...(alike.get(key) ?? []), out]);
    }
    for (const [key, outs] of alike) this.join(outs, key.split(",").map(Number));
  }

  private addRow(terms: readonly number[], lower: number): void {
    const pairs: [number, number][] = [];
    for (let at = 0; at < terms.length; at += 2) pairs.push([terms[at], terms[at + 1]]);
    this.program.addRow(pairs, lower);
  }

  /** `to` is at least the carrier's risk, less the wall. */
  private addLead(to: number, { column, odds }: Carrier, wall = -1): void {
    this.addRow([to, 1, ...(column < 0 ? [] : [column, -1]), ...(wall < 0 ? [] : [wall, 1])], odds);
  }

  private nodeAfter(nodes: Map<string, number>, name: string, carrier: Carrier, closers: readonly number[]): Carrier {
    let node = nodes.get(name);
    if (node === undefined) {
      node = this.program.addColumn(0);
      nodes.set(name, node);
      this.addLead(node, carrier, this.wall(closers, carrier.cap));
    }
    return { name, column: node, odds: 0, cap: carrier.cap };
  }

  private nodeBefore(nodes: Map<string, number>, name: string, { to, atTarget }: Way, cap: number): number {
    let node = nodes.get(name);
    if (node === undefined) {
      node = this.program.addColumn(0);
      nodes.set(name, node);
      this.addRow([this.losses[to], 1, node, -1, this.wall(atTarget, cap), 1], 0);
    }
    return node;
  }

  /** Each of `outs` leads to each of `intos`. */
  private join(outs: readonly Carrier[], intos: readonly number[]): void {
    const isHub = outs.length > 1 && intos.length > 1;
    const hub = isHub ? this.program.addColumn(0) : -1;
    if (isHub) for (const out of outs) this.addLead(hub, out);
    const leads = isHub ? [{ name: "hub", column: hub, odds: 0, cap: 1 }] : outs;
    for (const into of intos) for (const from of leads) if (into !== from.column) this.addLead(into, from);
  }

  /** How much of a way is closed: as much as the best chosen of its closers holds, one wall counting once. */
  private wall(closers: readonly number[], cap: number): number {
    const key = `${cap} ${closers.join()}`;
    let wall = this.walls.get(key);
    if (wall !== undefined) return wall;
    const byHold = new Map<number, number[]>();
    for (const at of closers) {
      const hold = Math.min(cap, this.terms.choices[at].hold);
      byHold.set(hold, [...(byHold.get(hold) ?? []), this.choices[at]]);
    }
    const groups = [...byHold];
    wall = this.program.addColumn(0, Math.max(...byHold.keys()));
    this.walls.set(key, wall);
    if (groups.length === 1) {
      const [[hold, columns]] = groups;
      this.program.addRow([[wall, -1], ...columns.map((column) => [column, hold] as const)], 0);
      return wall;
    }
    const parts = groups.map(([, columns]) => {
      const part = this.program.addColumn(0);
      this.program.addRow([[part, -1], ...columns.map((column) => [column, 1] as const)], 0);
      return part;
    });
    this.program.addRow(
      parts.map((part) => [part, -1] as const),
      -1,
    );
    this.program.addRow([[wall, -1], ...parts.map((part, at) => [part, groups[at][0]] as const)], 0);
    return wall;
  }
}

/** Services lost once, by the cut or by infection; protected ones not by the cut. */
function addCare(program: LinearProgram, terms: CutTerms, choices: readonly number[], losses: readonly number[]): void {
  const lost = terms.services.map(({ harm }) => program.addColumn(harm));
  const cut = terms.services.map(() => -1);
  const cutOf = (service: number): number => {
    if (cut[service] >= 0) return cut[service];
    cut[service] = program.addColumn(0, terms.services[service].isProtected ? 0 : 1);
    for (const need of terms.services[service].needs) addCutNeed(program, need, cut[service], choices, cutOf);
    return cut[service];
  };
  terms.services.forEach((service, at) => {
    for (const need of service.needs) addNeed(program, need, lost[at], { choices, losses, lost });
    if (service.isProtected) cutOf(at);
  });
}

interface Columns {
  readonly choices: readonly number[];
  readonly losses: readonly number[];
  readonly lost: readonly number[];
}

function addNeed(program: LinearProgram, { options, client }: NeedTerm, service: number, columns: Columns): void {
  const { choices, losses, lost } = columns;
  if (client !== null && losses[client.segment] >= 0) {
    program.addRow(
      [
        [service, 1],
        [losses[client.segment], -client.share],
      ],
      0,
    );
  }
  const broken = options.map((option) => {
    const column = options.length === 1 ? service : program.addColumn(0);
    addAlternatives(program, option, column, choices);
    for (const { segment, share } of option.infections) {
      if (losses[segment] >= 0 && share > 0)
        program.addRow(
          [
            [column, 1],
            [losses[segment], -share],
          ],
          0,
        );
    }
    if (option.through !== null)
      program.addRow(
        [
          [column, 1],
          [lost[option.through.service], -option.through.share],
        ],
        0,
      );
    if (option.isLost) program.addRow([[column, 1]], 1);
    return column;
  });
  if (options.length > 1)
    program.addRow([[service, 1], ...broken.map((column) => [column, -1] as const)], 1 - options.length);
}

function addCutNeed(
  program: LinearProgram,
  { options }: NeedTerm,
  service: number,
  choices: readonly number[],
  cutOf: (service: number) => number,
): void {
  const broken = options.map((option) => {
    const column = options.length === 1 ? service : program.addColumn(0);
    addAlternatives(program, option, column, choices);
    if (option.through !== null)
      program.addRow(
        [
          [column, 1],
          [cutOf(option.through.service), -1],
        ],
        0,
      );
    return column;
  });
  if (options.length > 1)
    program.addRow([[service, 1], ...broken.map((column) => [column, -1] as const)], 1 - options.length);
}

/** The column is 1 when each alternative has a chosen breaker. */
function addAlternatives(
  program: LinearProgram,
  { alternatives }: OptionTerm,
  option: number,
  choices: readonly number[],
): void {
  const broken = alternatives.map((breakers) => {
    const column = alternatives.length === 1 ? option : program.addColumn(0);
    for (const choice of breakers) {
      program.addRow(
        [
          [column, 1],
          [choices[choice], -1],
        ],
        0,
      );
    }
    return column;
  });
  if (alternatives.length > 1) {
    program.addRow([[option, 1], ...broken.map((column) => [column, -1] as const)], 1 - alternatives.length);
  }
}
