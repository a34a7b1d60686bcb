import { describe, expect, it } from "vitest";
import { ZoneClock } from "./zone-clock.ts";

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(`${text}Z`);

describe("ZoneClock", () => {
  const paris = new ZoneClock("Europe/Paris");

  it("knows winter and summer", () => {
    expect(paris.offsetMs(at("2027-01-10T12:00"))).toBe(HOUR_MS);
    expect(paris.offsetMs(at("2027-07-10T12:00"))).toBe(2 * HOUR_MS);
    expect(paris.instantOf(at("2019-03-12T09:00"))).toBe(at("2019-03-12T08:00"));
  });

  it("takes the first of two instants, and a skipped time as if nothing had changed", () => {
    expect(paris.instantOf(at("2027-10-31T02:30"))).toBe(at("2027-10-31T00:30"));
    expect(paris.instantOf(at("2027-03-28T02:30"))).toBe(at("2027-03-28T01:30"));
  });
});
