// One issue of the schema library in our words: what must hold, what was found, what was probably meant.

import type { z } from "zod";
import { nearestWord, type Path, shownValue } from "./problems.ts";
import { repairedText } from "./schema.ts";

/** A fault of shape, before it has a line. */
export interface Fault {
  readonly at: Path;
  readonly rule: string;
  readonly got: string;
  readonly suggestion: string | null;
  /** Set when the key itself is at fault, not the value. */
  readonly key?: string;
}

/**
 * @param raw     what the file held
 * @param schema  what it was read with: its keys are suggested for misspelt ones
 */
export function faultsOf(issue: z.core.$ZodIssue, raw: unknown, schema: z.ZodType): readonly Fault[] {
  const at = issue.path.filter((step) => typeof step !== "symbol");
  const value = valueAt(raw, at);
  const got = shownValue(value);
  switch (issue.code) {
    case "unrecognized_keys": {
      const allowed = knownKeysAt(at, raw, schema);
      return issue.keys.map((key) => {
        const near = nearestWord(key, allowed);
        const rule = near !== null || allowed.length === 0 ? "a known key" : `one of the keys ${allowed.join(", ")}`;
        return { at, rule, got: `the key ${JSON.stringify(key)}`, suggestion: near, key };
      });
    }
    case "invalid_type": {
      if (value === undefined) return [{ at, rule: "given", got: "nothing", suggestion: null }];
      const quoted = issue.expected === "string" && (typeof value === "number" || typeof value === "boolean");
      return [{ at, rule: ruleOfType(issue.expected), got, suggestion: quoted ? `"${String(value)}"` : null }];
    }
    case "invalid_value": {
      const words = issue.values.map(String);
      const near = typeof value === "string" ? nearestWord(value, words) : null;
      const rule = words.length === 1 ? JSON.stringify(words[0]) : `one of ${words.join(", ")}`;
      return [{ at, rule: value === undefined ? `given: ${rule}` : rule, got, suggestion: near }];
    }
    case "invalid_union": {
      const kinds = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
      const kind = valueAt(raw, [...at]);
      const near = typeof kind === "string" ? nearestWord(kind, kinds) : null;
      return [{ at, rule: kinds.length > 0 ? `one of ${kinds.join(", ")}` : issue.message, got, suggestion: near }];
    }
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "not_multiple_of":
    case "too_big":
    case "too_small":
      return [{ at, rule: issue.message, got, suggestion: typeof value === "string" ? repairedText(value) : null }];
  }
}

function ruleOfType(expected: string): string {
  const words: Record<string, string> = {
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list",
    tuple: "a list",
    object: "keys and values",
    record: "keys and values",
  };
  return words[expected] ?? expected;
}

function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const step of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
  }
  return value;
}

/** The keys that the schema knows at a path. */
function knownKeysAt(path: Path, raw: unknown, root: z.ZodType): readonly string[] {
  let schema: unknown = root;
  for (const [depth, step] of path.entries()) {
    const bare = unwrapped(schema, valueAt(raw, path.slice(0, depth)));
    const holder = bare as { shape?: Record<string, unknown>; element?: unknown };
    schema = typeof step === "number" ? holder.element : holder.shape?.[step];
  }
  const bare = unwrapped(schema, valueAt(raw, path)) as { shape?: Record<string, unknown> } | undefined;
  return Object.keys(bare?.shape ?? {});
}

/** The words an option of a union wants as its `kind`. */
function kindsOf(option: unknown): ReadonlySet<unknown> {
  return (option as { shape?: { kind?: { values?: ReadonlySet<unknown> } } }).shape?.kind?.values ?? new Set();
}

/** Takes off defaults and nulls, and of a union the member that the value's `kind` names. */
function unwrapped(schema: unknown, value: unknown): unknown {
  let bare = schema;
  for (;;) {
    const inner = bare as { unwrap?: () => unknown; options?: readonly unknown[]; element?: unknown } | undefined;
    if (inner?.options !== undefined && inner.element === undefined) {
      const kind = (value as { kind?: unknown } | null | undefined)?.kind;
      bare = inner.options.find((option) => kindsOf(option).has(kind));
      if (bare === undefined) return undefined;
    } else if (typeof inner?.unwrap === "function" && inner.element === undefined) bare = inner.unwrap();
    else return bare;
  }
}
