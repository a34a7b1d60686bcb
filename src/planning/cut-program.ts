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

/** Allows only answers of at most this cost, so that the search for ties ends as soon as there is none. */
export function capCost({ program }: CutProgram, costMax: number): void {
  program.addRow(
    program.cost.flatMap((cost, column) => (cost === 0 ? [] : [[column, -cost] as const])),
    -costMax,
  );
}

/** Walls, nodes at them and the ways between. */
class Builder {
  private readonly program: LinearProgram;
  private readonly choices: readonly number[];
  private readonly terms: CutTerms;
  private readonly losses: number[] = [];
  private readonly risks: number[] = [];
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
      if (odds[segment] === 0) {
        this.risks.push(loss);
        return;
      }
      const risk = this.program.addColumn(0);
      this.risks.push(risk);
      const relief = odds[segment] - oddsIsolated[segment];
      const isolated = isolation[segment] < 0 ? [] : [[this.choices[isolation[segment]], relief] as const];
      this.program.addRow([[risk, 1], ...isolated], odds[segment]);
      if (loss >= 0)
        this.program.addRow(
          [
            [risk, 1],
            [loss, -1],
          ],
          0,
        );
    });
    this.addHubs(ways);
    return this.losses;
  }

  /** One node for each wall that a segment's ways leave by, one for each that they come in by, hubs between alike ones. */
  private addHubs(ways: readonly Way[]): void {
    const leaving = new Map<number, Map<string, number>>(); // source node → "target node/inside" → target node
    const nodes = new Map<string, number>();
    for (const way of ways) {
      if (way.from === way.to && this.risks[way.to] === this.losses[way.to]) continue; // what came in has taken it all
      const out =
        this.nodeAt(nodes, `out ${way.from} ${way.atSource.join()}`, way.atSource, (node, wall) =>
          this.program.addRow(
            [
              [node, 1],
              [this.risks[way.from], -1],
              [wall, 1],
            ],
            0,
          ),
        ) ?? this.risks[way.from];
      const into =
        this.nodeAt(nodes, `in ${way.to} ${way.atTarget.join()}`, way.atTarget, (node, wall) =>
          this.program.addRow(
            [
              [this.losses[way.to], 1],
              [node, -1],
              [wall, 1],
            ],
            0,
          ),
        ) ?? this.losses[way.to];
      if (way.inside.length > 0) {
        this.program.addRow(
          [
            [into, 1],
            [out, -1],
            [this.wall(way.inside), 1],
          ],
          0,
        );
        continue;
      }
      const targets = leaving.get(out) ?? new Map<string, number>();
      leaving.set(out, targets.set(String(into), into));
    }
    const alike = new Map<string, number[]>();
    for (const [out, targets] of leaving) {
      const key = [...targets.values()].sort((a, b) => a - b).join();
      alike.set(key, [...(alike.get(key) ?? []), out]);
    }
    for (const [key, outs] of alike) this.join(outs, key.split(",").map(Number));
  }

  /** Each of `outs` leads to each of `intos`. */
  private join(outs: readonly number[], intos: readonly number[]): void {
    const isHub = outs.length > 1 && intos.length > 1;
    const hub = isHub ? this.program.addColumn(0) : -1;
    const lead = (to: number, from: number): void => {
      if (to !== from)
        this.program.addRow(
          [
            [to, 1],
            [from, -1],
          ],
          0,
        );
    };
    if (isHub) for (const out of outs) lead(hub, out);
    for (const into of intos) for (const from of isHub ? [hub] : outs) lead(into, from);
  }

  private nodeAt(
    nodes: Map<string, number>,
    key: string,
    closers: readonly number[],
    add: (node: number, wall: number) => void,
  ): number | null {
    if (closers.length === 0) return null;
    let node = nodes.get(key);
    if (node === undefined) {
      node = this.program.addColumn(0);
      nodes.set(key, node);
      add(node, this.wall(closers));
    }
    return node;
  }

  /** How much of a way is closed: as much as the best chosen of its closers holds, one wall counting once. */
  private wall(closers: readonly number[]): number {
    const key = closers.join();
    let wall = this.walls.get(key);
    if (wall !== undefined) return wall;
    const byHold = new Map<number, number[]>();
    for (const at of closers) {
      const { hold } = this.terms.choices[at];
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
