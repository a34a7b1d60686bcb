import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAddress, ipv4, ipv6, parseAddress } from "../../model/address.ts";
import { AddressCell, FieldSet, readDecimal, readInteger, readIsoMs, secondsToMs } from "./lines-fields.ts";

const read = <T>(text: string, reader: (bytes: Uint8Array, begin: number, end: number) => T): T => {
  // Bytes around the field must not matter.
  const bytes = Buffer.from(`7${text}9`);
  return reader(bytes, 1, bytes.length - 1);
};

const word = fc.integer({ min: 0, max: 0xffffffff });
const isAddressLike = fc.oneof(
  word.map((w) => formatAddress(ipv4(w))),
  fc.tuple(word, word, word, word).map(([a, b, c, d]) => formatAddress(ipv6(a, b, c, d))),
  fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 0xffff), word).map(([a, c, d]) => formatAddress(ipv6(0, a, c, d))),
  fc.stringMatching(/^[0-9.]{0,17}$/),
  fc.stringMatching(/^[0-9a-fA-F:.]{0,24}$/),
  fc.constantFrom(
    "::",
    "::1",
    "1::",
    "::ffff:10.0.0.1",
    "fe80::1%eth0",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "01.2.3.4",
    "1.2.3.256",
    "1.2.3",
    ":::",
    "12345::",
    "1::2::3",
  ),
);

describe("AddressCell", () => {
  test("reads exactly what parseAddress reads", () => {
    fc.assert(
      fc.property(isAddressLike, (text) => {
        const cell = new AddressCell();
        const isRead = read(text, (bytes, begin, end) => cell.read(bytes, begin, end));
        const expected = parseAddress(text);
        expect(isRead, text).toBe(expected !== null);
        if (expected === null) return;
        const { family, w0, w1, w2, w3 } = cell;
        expect({ family, w0, w1, w2, w3 }, text).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("numbers", () => {
  test("readDecimal gives the nearest double, or NaN for what is no plain decimal", () => {
    const plain = /^-?\d+(\.\d*)?$/;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.stringMatching(/^-?\d{1,9}(\.\d{1,6})?$/),
          fc.stringMatching(/^[-+.0-9eE]{0,8}$/),
          fc.double({ min: 0, max: 1e9, noNaN: true }).map(String),
        ),
        (text) => {
          const got = read(text, readDecimal);
          if (!plain.test(text)) expect(got, text).toBeNaN();
          else if (text.length <= 16) expect(got, text).toBe(Number(text));
          else expect(Math.abs(got - Number(text)), text).toBeLessThanOrEqual(Math.abs(Number(text)) * 1e-14);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("readInteger reads digits and nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat().map(String), fc.stringMatching(/^[-+.0-9a]{0,6}$/)), (text) => {
        expect(read(text, readInteger), text).toBe(/^\d+$/.test(text) ? Number(text) : -1);
      }),
    );
  });

  test("a time in seconds is the same however many digits it is written with", () => {
    const fields = new FieldSet(1);
    fc.assert(
      fc.property(
        fc.nat({ max: 2_000_000_000 }),
        fc.nat({ max: 999_999 }),
        fc.nat({ max: 12 }),
        (seconds, micros, zeros) => {
          const expected = seconds * 1000 + micros / 1000;
          for (const text of [
            `${seconds}.${String(micros).padStart(6, "0")}${"0".repeat(zeros)}`,
            String(seconds + micros / 1e6),
          ]) {
            fields.fill([text]);
            expect(fields.timeMs(0), text).toBeCloseTo(expected, 3);
          }
          fields.fill([`${seconds}.${String(micros).padStart(6, "0")}`]);
          expect(fields.timeMs(0)).toBe(
            secondsToMs(read(`${seconds}.${String(micros).padStart(6, "0")}`, readDecimal)),
          );
        },
      ),
    );
  });
});

describe("readIsoMs", () => {
  test("agrees with the language's own reader on every zone it knows", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date("2199-12-31T23:59:59Z"), noInvalidDate: true }),
        fc.constantFrom("Z", "+02:00", "-05:30", "+00:00"),
        fc.constantFrom("", ".5", ".123"),
        (date, zone, fraction) => {
          const text = `${date.toISOString().slice(0, 19)}${fraction}${zone}`;
          expect(read(text, readIsoMs), text).toBe(Date.parse(text));
          expect(read(text.replace("T", " ").replace(/:(\d\d)$/, "$1"), readIsoMs), text).toBe(Date.parse(text));
        },
      ),
    );
  });

  test("keeps microseconds and takes a missing zone as UTC", () => {
    expect(read("2011-08-15T03:36:16.748830Z", readIsoMs)).toBe(Date.parse("2011-08-15T03:36:16Z") + 748.83);
    expect(read("2019-01-02T03:50:11.315110", readIsoMs)).toBe(Date.parse("2019-01-02T03:50:11Z") + 315.11);
    expect(read("2011/08/15 10:42:52", readIsoMs)).toBe(Date.parse("2011-08-15T10:42:52Z"));
  });

  test("refuses what is no time", () => {
    for (const text of [
      "",
      "2011-13-01T00:00:00Z",
      "2011-01-01T24:00:00Z",
      "2011-01-01",
      "2011-01-01T00:00:00.Z",
      "2011-01-01T00:00:00+9",
      "x011-01-01T00:00:00Z",
      "2011-01/01 00:00:00",
    ]) {
      expect(read(text, readIsoMs), text).toBeNaN();
    }
  });
});
