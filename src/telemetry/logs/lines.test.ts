import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonObjectSplitter, LineSplitter, RecordSplitter, type Splitter } from "./lines.ts";

function split(
  make: (sink: { record(b: Uint8Array, x: number, y: number): void; tooLong(): void }) => Splitter,
  chunks: readonly Uint8Array[],
) {
  const records: string[] = [];
  let tooLong = 0;
  const splitter = make({
    record: (bytes, begin, end) => records.push(Buffer.from(bytes.subarray(begin, end)).toString()),
    tooLong: () => tooLong++,
  });
  for (const chunk of chunks) splitter.write(chunk);
  const isWhole = splitter.end();
  return { records, tooLong, isWhole };
}

/** Cuts the text at the given places. */
function cut(text: string, places: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((begin, index) => bytes.subarray(begin, at[index] ?? bytes.length));
}

const places = fc.array(fc.nat(), { maxLength: 12 });

describe("LineSplitter", () => {
  test("gives the same lines however the bytes are cut into chunks", () => {
    const text = fc.array(fc.stringMatching(/^[a-z\r]{0,6}$/), { maxLength: 12 });
    fc.assert(
      fc.property(text, fc.constantFrom("\n", "\r\n"), fc.boolean(), places, (lines, lineEnd, hasLast, at) => {
        const whole = lines.join(lineEnd) + (hasLast ? lineEnd : "");
        const expected = whole
          .split("\n")
          .map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line))
          .filter((line) => line !== "");
        expect(split((sink) => new LineSplitter(sink), cut(whole, at)).records).toEqual(expected);
      }),
    );
  });

  test("leaves out a line over the limit, counts it, and goes on after it", () => {
    fc.assert(
      fc.property(places, (at) => {
        const got = split((sink) => new LineSplitter(sink, 10), cut(`short\n${"x".repeat(50)}\nafter\n`, at));
        expect(got).toEqual({ records: ["short", "after"], tooLong: 1, isWhole: true });
      }),
    );
  });
});

describe("JsonObjectSplitter", () => {
  test("finds the objects of an array however it is cut and whatever is inside texts", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 }), places, (objects, at) => {
        const { records, isWhole } = split(
          (sink) => new JsonObjectSplitter(sink),
          cut(JSON.stringify(objects, null, 1), at),
        );
        expect(records.map((record) => JSON.parse(record))).toEqual(JSON.parse(JSON.stringify(objects)));
        expect(isWhole).toBe(true);
      }),
    );
  });

  test("says so when an object is left open", () => {
    expect(split((sink) => new JsonObjectSplitter(sink), [Buffer.from('[{"a":1},{"b":')])).toEqual({
      records: ['{"a":1}'],
      tooLong: 0,
      isWhole: false,
    });
  });

  test("leaves out an object over the limit and goes on after it", () => {
    const text = `[{"a":1},{"b":"${"x".repeat(99)}"},{"c":2}]`;
    const got = split((sink) => new JsonObjectSplitter(sink, 40), cut(text, [30, 60]));
    expect(got).toEqual({ records: ['{"a":1}', '{"c":2}'], tooLong: 1, isWhole: true });
  });
});

describe("RecordSplitter", () => {
  test("takes lines, an array and printed objects apart, also behind a byte-order mark", () => {
    const objects = ['{"a":1}', '{"a":2}'];
    for (const text of [
      objects.join("\n"),
      `\uFEFF${objects.join("\r\n")}`,
      `[${objects.join(",")}]`,
      ` \n [${objects.join(",\n")}]`,
    ]) {
      for (const size of [1, 3, 1000]) {
        const chunks = cut(
          text,
          Array.from({ length: 60 }, (_, place) => place * size),
        );
        expect(split((sink) => new RecordSplitter(sink), chunks).records.map((record) => record.trim())).toEqual(
          objects,
        );
      }
    }
    expect(
      split((sink) => new RecordSplitter(sink), [Buffer.from('{\n "a": 1\n}\n{\n "a": 2\n}\n')]).records,
    ).toHaveLength(2);
  });
});
