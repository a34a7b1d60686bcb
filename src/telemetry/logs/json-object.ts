// A text in, the JSON object it holds out. For records that the scanner leaves to the parser, and for rare kinds of them.

export type JsonObject = Record<string, unknown>;

/** Null when the text is no JSON, or JSON of another kind than an object. */
export function parseObject(text: string): JsonObject | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** An object inside another, empty when there is none; a list counts as one, whose keys are never asked for. */
export const asObject = (value: unknown): JsonObject =>
  typeof value === "object" && value !== null ? (value as JsonObject) : {};
