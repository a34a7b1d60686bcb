import fc from "fast-check";
import { expect, test } from "vitest";
import { PROTOCOL_TCP } from "../../model/flow.ts";
import { serverRankOfTcp, sideByPorts } from "./direction-rules.ts";

test("the rank of a TCP port tells the same server as sideByPorts()", () => {
  const port = fc.oneof(
    fc.integer({ min: 0, max: 65_535 }),
    fc.constantFrom(0, 22, 80, 445, 1_023, 1_024, 5_900, 32_767, 32_768, 47_001, 49_152, 52_869, 65_535),
  );
  fc.assert(
    fc.property(port, port, (source, target) => {
      const rank = serverRankOfTcp[target] - serverRankOfTcp[source];
      expect(Math.sign(rank)).toBe(sideByPorts(PROTOCOL_TCP, source, target));
    }),
    { numRuns: 2_000 },
  );
});
