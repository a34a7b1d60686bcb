// What a reader of one Zeek log looks like: it names the fields it wants and takes records one by one.

import type { NotVisible } from "../decoder.ts";
import type { FieldSet } from "./lines-fields.ts";
import type { ZeekFormat } from "./zeek-paths.ts";

/** One kind of log: the fields it wants, and what it makes of a record. */
export interface ZeekKind {
  readonly format?: ZeekFormat;
  readonly names: readonly (readonly string[])[];
  take(fields: FieldSet): void;
  end?(): void;
  notVisible(): NotVisible[];
}
