import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonScanner } from "./json-scan.ts";
import { FieldSet } from "./lines-fields.ts";

const slots = [["ts"], ["id.orig_h", "id_orig_h"], ["proto"], ["duration"], ["flow.start"]];

const fieldsOf = (fields: FieldSet): string[] => slots.map((_, slot) => fields.text(slot));

/** What the slow way makes of the record; the scanner must agree whenever it answers at all. */
function both(scanner: JsonScanner, line: string): { scanned: string[] | null; parsed: string[] } {
  const bytes = Buffer.from(`##${line}##`);
  const fields = new FieldSet(slots.length);
  const isScanned = scanner.scan(bytes, 2, bytes.length - 2, fields);
  const scanned = isScanned ? fieldsOf(fields) : null;
  const slow = new FieldSet(slots.length);
  expect(scanner.parse(line, slow), line).toBe(true);
  return { scanned, parsed: fieldsOf(slow) };
}

const wanted = fc.oneof(
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant("10.0.0.1"),
);
const record = fc
  .record(
    {
      ts: wanted,
      "id.orig_h": wanted,
      id: fc.oneof(fc.record({ orig_h: wanted, other: fc.jsonValue() }, { requiredKeys: [] }), wanted),
      proto: wanted,
      duration: wanted,
      flow: fc.record({ start: wanted, state: fc.jsonValue() }, { requiredKeys: [] }),
      answers: fc.jsonValue(),
      other: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  // One name for a field in a record: two spellings of the same field have no defined order.
  .filter((value) => !("id.orig_h" in value && "id" in value));

describe("JsonScanner", () => {
  test("finds the same fields as JSON.parse in records of any shape and order", () => {
    const scanner = new JsonScanner(slots);
    let scannedCount = 0;
    fc.assert(
      fc.property(record, fc.integer({ min: 0, max: 2 }), fc.boolean(), (value, indent, isTurned) => {
        const entries = Object.entries(value);
        const line = JSON.stringify(Object.fromEntries(isTurned ? entries.reverse() : entries), null, indent);
        const { scanned, parsed } = both(scanner, line);
        if (scanned === null) return;
        scannedCount++;
        for (const [slot, text] of scanned.entries()) {
          // A number may be written in more than one way; its value may not differ.
          if (text !== parsed[slot]) expect(Number(text), line).toBe(Number(parsed[slot]));
        }
      }),
      { numRuns: 3000 },
    );
    expect(scannedCount).toBeGreaterThan(300);
  });

  test("leaves escapes, exponents and lists in wanted fields to JSON.parse", () => {
    const scanner = new JsonScanner(slots);
    for (const line of [
      '{"ts":1e3}',
      '{"proto":"t\\u0063p"}',
      '{"proto":["tcp"]}',
      '{"ts":1}x',
      '{"ts":1',
      '{"ts"',
      "[1]",
      '{"t\\u0073":1}',
    ]) {
      const bytes = Buffer.from(line);
      expect(scanner.scan(bytes, 0, bytes.length, new FieldSet(slots.length)), line).toBe(false);
    }
  });

  test("is not led astray by a log whose keys change their order", () => {
    const scanner = new JsonScanner(slots);
    for (let turn = 0; turn < 500; turn++) {
      const keys = ["ts", "proto", "duration", `extra${turn}`, "uid"];
      const turned = [...keys.slice(turn % 5), ...keys.slice(0, turn % 5)];
      const line = JSON.stringify(Object.fromEntries(turned.map((key) => [key, `${key}-value`])));
      expect(both(scanner, line).scanned, line).toEqual(["ts-value", "", "proto-value", "duration-value", ""]);
    }
  });

  test("takes the same record apart however it is spaced, and none that lacks or doubles a sign", () => {
    const scanner = new JsonScanner(slots);
    const signs = ["{", '"ts"', ":", "1", ",", '"proto"', ":", '"tcp"', ",", '"flow"', ":", "{", '"start"', ":", "2"];
    const record = [...signs, "}", "}"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom("", "", " ", "\t "), { minLength: 18, maxLength: 18 }), (spaces) => {
        const line = record.map((sign, place) => (place === 0 ? sign : spaces[place] + sign)).join("") + spaces[17];
        expect(both(scanner, line).scanned, line).toEqual(["1", "", "tcp", "", "2"]);
      }),
    );
    for (let place = 0; place < record.length; place++) {
      // Values without quotes run to the next comma: what is doubled or missing there belongs to the value.
      if (place === 4) continue;
      const doubled = /^[12:]$/.test(record[place]) ? [] : [record.toSpliced(place, 0, record[place])];
      for (const broken of [record.toSpliced(place, 1), ...doubled]) {
        const bytes = Buffer.from(broken.join(""));
        expect(scanner.scan(bytes, 0, bytes.length, new FieldSet(slots.length)), broken.join("")).toBe(false);
      }
    }
  });

  test("finds the end of a text wherever quotes and backslashes stand in it", () => {
    const letter = fc.constantFrom("a", '"', "\\", "#", "!", "]", "[", "\u00a2", "\u0000", "\u20ac");
    const text = fc.array(letter, { maxLength: 14 }).map((letters) => letters.join(""));
    const scanner = new JsonScanner(slots);
    let scannedCount = 0;
    fc.assert(
      fc.property(text, text, (other, proto) => {
        const { scanned, parsed } = both(scanner, JSON.stringify({ other, proto, ts: 5 }));
        if (scanned !== null) scannedCount++;
        expect(scanned ?? parsed).toEqual(parsed);
        expect(scanned === null).toBe(/["\\\0]/.test(proto));
      }),
      { numRuns: 2000 },
    );
    expect(scannedCount).toBeGreaterThan(100);
  });

  test("takes a key that is the beginning of another, and bytes beyond the record, for what they are", () => {
    const scanner = new JsonScanner([["ts"], ["tsx"]]);
    const fields = new FieldSet(2);
    for (const [line, expected] of [
      ['{"tsx":1,"ts":2}', ["2", "1"]],
      ['{"ts":3,"tsx":4}', ["3", "4"]],
      ['{"t":5}', ["", ""]],
    ] as const) {
      const bytes = Buffer.from(line);
      expect(scanner.scan(bytes, 0, bytes.length, fields)).toBe(true);
      expect([fields.text(0), fields.text(1)]).toEqual(expected);
    }
  });
});
