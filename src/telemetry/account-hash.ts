// Account names as evidence keeps them, from captures and logs alike.

import { hashText } from "../kit/hash.ts";

/** Tells accounts apart without keeping a name. The same account in another spelling is the same. */
export function accountHashOf(account: string): number {
  return hashText(account.toLowerCase());
}
