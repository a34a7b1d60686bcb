import { describe, expect, it } from "vitest";
import { type Proof, quantile, summarise } from "./proof.ts";

describe("the sum of a proof", () => {
  it("adds figures, keeps maxima and pools samples", () => {
    const proof: Proof = {
      name: "p",
      claim: "c",
      total: 4,
      sliceCases: 2,
      maxima: ["heap"],
      runSlice: () => ({ cases: 0, failures: [] }),
    };
    const rows = [
      { cases: 2, failures: ["a"], figures: { heap: -3, flags: 1 }, samples: { contacts: [9, 1] } },
      { cases: 2, failures: [], figures: { heap: -7, flags: 2 }, samples: { contacts: [4] } },
    ];
    expect(summarise(proof, rows)).toEqual({
      cases: 4,
      failures: ["a"],
      figures: { heap: -3, flags: 3 },
      samples: { contacts: [1, 4, 9] },
    });
  });
  it("takes quantiles from the values themselves", () => {
    const ten = Array.from({ length: 10 }, (_, at) => at + 1);
    expect([0.5, 0.95, 1, 0].map((share) => quantile(ten, share))).toEqual([5, 10, 10, 1]);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
