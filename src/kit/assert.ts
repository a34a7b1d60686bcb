// Assertions that stay on in production: a broken invariant is a bug and must stop the program, not corrupt a verdict.

/**
 * Throws when a condition that must hold does not.
 * @param what  what holds, as a sentence fragment: "the batch has room"
 */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${what}`);
}

/** For the `default` of an exhaustive switch: compiles only when every case is handled. */
export function unreachable(value: never): never {
  throw new Error(`Assertion failed: every case is handled, got ${String(value)}`);
}
