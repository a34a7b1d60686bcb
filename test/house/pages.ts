// Rules about the pages: links lead somewhere, commands exist, every invariant is tested, every word of the glossary is
// in the code. Text in, sentences out.

import { dirname, posix } from "node:path";

export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Links of Markdown pages to files that are not there. Links to the web and to headings are left alone. */
export function findDeadLinks(pages: readonly Page[], exists: (path: string) => boolean): string[] {
  const faults: string[] = [];
  for (const page of pages) {
    for (const match of page.text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const link = match[1].split("#")[0];
      if (link === "" || /^[a-z]+:/i.test(link)) continue;
      const target = posix.normalize(posix.join(dirname(page.path), link));
      if (!exists(target)) faults.push(`${page.path}: link to ${link} leads nowhere`);
    }
  }
  return faults;
}

/** Commands in a page that package.json or the command line does not have. */
export function findUnknownCommands(
  pages: readonly Page[],
  scripts: readonly string[],
  subcommands: readonly string[],
): string[] {
  const faults: string[] = [];
  for (const page of pages) {
    for (const [, name] of page.text.matchAll(/\bnpm run ([a-z:-]+)/g)) {
      if (!scripts.includes(name)) faults.push(`${page.path}: npm run ${name} is not in package.json`);
    }
    for (const [, name] of page.text.matchAll(/\bnpm (start|test)\b/g)) {
      if (!scripts.includes(name)) faults.push(`${page.path}: npm ${name} is not in package.json`);
    }
    for (const [, name] of page.text.matchAll(/(?:^|`|\.mjs )cordon(?:\.mjs)? ([a-z]+)/gm)) {
      if (!subcommands.includes(name)) faults.push(`${page.path}: cordon ${name} is no subcommand`);
    }
  }
  return faults;
}

/** Ids of invariants: first cell of each row of the tables, a letter and a number. */
export function invariantIds(page: string): string[] {
  return [...page.matchAll(/^\| ([A-Z]\d+) \|/gm)].map((match) => match[1]);
}

/** Invariants whose id begins no test's name, and test names with an id that the page does not have. */
export function findUntestedInvariants(ids: readonly string[], tests: readonly Page[]): string[] {
  const named = new Set<string>();
  for (const { text } of tests) {
    for (const match of text.matchAll(/\b(?:it|test|describe)(?:\.[a-z]+(?:\([^)]*\))?)*\(\s*["'`]([A-Z]\d+) /gi))
      named.add(match[1]);
  }
  const untested = ids.filter((id) => !named.has(id)).map((id) => `${id} of docs/invariants.md is in no test's name`);
  const unknown = [...named]
    .filter((id) => !ids.includes(id))
    .map((id) => `test of ${id}, which docs/invariants.md does not have`);
  return [...untested, ...unknown];
}

/** Names in the glossary's column "In code": `word | meaning | \`Name\``. */
export function glossaryNames(page: string): string[] {
  return page
    .split("\n")
    .filter((line) => line.startsWith("| **"))
    .flatMap((line) => [...(line.split("|")[3] ?? "").matchAll(/`([A-Za-z0-9_]+)`/g)].map((match) => match[1]));
}
