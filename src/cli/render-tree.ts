// The spread tree drawn with box characters. Big outbreaks stay readable: lines are shared out by the size of the
// branches, big fans end in "… and 31 more", and what is folded is always counted.

import type { InspectOutbreak } from "../inspect-result.ts";
import { type ClockFace, formatPercent } from "./render-time.ts";
import { columnsOf, paint, type Screen } from "./terminal.ts";
import type { Words } from "./words.ts";

const fanMax = 8;
const linesMax = 36;
const sureProbability = 0.9;

interface Branch {
  readonly address: string;
  /** When it was infected, by the edge that leads here; null for a root. */
  readonly at: string | null;
  readonly probability: number | null;
  readonly children: Branch[];
  /** Hosts below. */
  size: number;
}

export interface TreeStyle {
  readonly screen: Screen;
  readonly words: Words;
  readonly face: ClockFace;
  /** When each suspect began, for roots. */
  readonly onsets: ReadonlyMap<string, string>;
}

/** The lines of the tree of one outbreak; never wider than the screen unless an address is. */
export function renderTree(outbreak: InspectOutbreak, style: TreeStyle): string[] {
  const roots = branchesOf(outbreak);
  const { words } = style;
  const lines: string[] = [];
  const total = roots.reduce((sum, root) => sum + root.size + 1, 0);
  const shown = roots.slice(0, fanMax);
  for (const root of shown) {
    const room = Math.floor((linesMax * (root.size + 1)) / total);
    const isZero = root.address === outbreak.patientZero;
    const label = isZero ? words.treeRoot : shown[0] === root ? words.treeRootUnknown : words.treeUnlinked;
    lines.push(line("", root, style, label));
    drawChildren(root, "", Math.max(2, room - 1), style, lines);
  }
  const rest = total - shown.reduce((sum, root) => sum + root.size + 1, 0);
  if (rest > 0) lines.push(paint(words.more(rest), ["dim"], style.screen));
  return lines;
}

/** Each host under the one that most probably infected it. Roots: patient zero, then hosts nothing leads to. */
function branchesOf(outbreak: InspectOutbreak): Branch[] {
  const best = new Map<string, InspectOutbreak["edges"][number]>();
  for (const edge of outbreak.edges) {
    if (edge.to === outbreak.patientZero || edge.from === edge.to) continue;
    const known = best.get(edge.to);
    if (known === undefined || edge.probability > known.probability) best.set(edge.to, edge);
  }
  const branches = new Map<string, Branch>();
  const addresses = new Set([...outbreak.hosts, ...[...best.values()].flatMap((edge) => [edge.from, edge.to])]);
  if (outbreak.patientZero !== null) addresses.add(outbreak.patientZero);
  for (const address of addresses) {
    const edge = best.get(address);
    const [at, probability] = [edge?.at ?? null, edge?.probability ?? null];
    branches.set(address, { address, at, probability, children: [], size: 0 });
  }
  const roots: Branch[] = [];
  const breakers = loopBreakers(best);
  for (const branch of branches.values()) {
    const edge = best.get(branch.address);
    if (edge === undefined || breakers.has(branch.address)) roots.push(branch);
    else branches.get(edge.from)?.children.push(branch);
  }
  for (const root of roots) measure(root);
  const rank = (root: Branch): number => (root.address === outbreak.patientZero ? -1 : 0);
  return roots.sort((a, b) => rank(a) - rank(b) || b.size - a.size);
}

/** One host of each loop among the edges, since a tree has none: these become roots. */
function loopBreakers(best: ReadonlyMap<string, { readonly from: string }>): Set<string> {
  const breakers = new Set<string>();
  const walkOf = new Map<string, string>();
  for (const start of best.keys()) {
    let at: string | undefined = start;
    while (at !== undefined && !walkOf.has(at)) {
      walkOf.set(at, start);
      at = best.get(at)?.from;
    }
    if (at !== undefined && walkOf.get(at) === start) breakers.add(at);
  }
  return breakers;
}

/** Counts what is below each branch, children first, without recursion: a chain may be as long as the outbreak. */
function measure(root: Branch): void {
  const order: Branch[] = [root];
  for (let at = 0; at < order.length; at++) order.push(...order[at].children);
  for (const branch of order.reverse()) {
    branch.size = branch.children.reduce((sum, child) => sum + child.size + 1, 0);
    branch.children.sort((a, b) => compare(a.at ?? "", b.at ?? "") || compare(a.address, b.address));
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function drawChildren(branch: Branch, indent: string, room: number, style: TreeStyle, lines: string[]): void {
  const { children } = branch;
  if (children.length === 0) return;
  const isTooDeep = columnsOf(indent) > style.screen.width - 44;
  const shownMax = isTooDeep ? 0 : Math.min(fanMax, room);
  const isFolded = children.length > shownMax;
  const bySize = children.toSorted((a, b) => b.size - a.size);
  const kept = new Set(isFolded ? bySize.slice(0, Math.max(0, shownMax - 1)) : bySize);
  const shown = children.filter((child) => kept.has(child));
  const below = shown.reduce((sum, child) => sum + child.size, 0);
  const spare = Math.max(0, room - shown.length - (isFolded ? 1 : 0));
  shown.forEach((child, at) => {
    const isLast = at === shown.length - 1 && !isFolded;
    lines.push(line(`${indent}${isLast ? "└─ " : "├─ "}`, child, style, null));
    const share = below === 0 ? 0 : Math.round((spare * child.size) / below);
    drawChildren(child, `${indent}${isLast ? "   " : "│  "}`, Math.max(1, share), style, lines);
  });
  if (!isFolded) return;
  const hidden = children.filter((child) => !kept.has(child));
  const count = hidden.reduce((sum, child) => sum + child.size + 1, 0);
  const last = hidden.at(-1)?.at ?? null;
  const text = last === null ? style.words.more(count) : style.words.moreUntil(count, style.face(last));
  lines.push(`${indent}└─ ${paint(text, ["dim"], style.screen)}`);
}

function line(lead: string, branch: Branch, style: TreeStyle, label: string | null): string {
  const at = branch.at ?? style.onsets.get(branch.address) ?? null;
  const parts = [paint(branch.address, label === null ? [] : ["bold"], style.screen)];
  if (at !== null) parts.push(style.face(at));
  if (branch.probability !== null && branch.probability < sureProbability) {
    parts.push(paint(style.words.chance(formatPercent(branch.probability)), ["dim"], style.screen));
  }
  if (label !== null) parts.push(paint(label, ["dim"], style.screen));
  return lead + parts.join("  ");
}
