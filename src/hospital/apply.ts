// Writes what an import changed into the text of a map, so that the comments and the order of the file stay.

import { parseDocument } from "yaml";
import type { HospitalMap } from "../model/map.ts";
import type { Upsert } from "./upsert.ts";
import { layOut, withoutDefaultsIn } from "./write.ts";

/** The new text. `text` must be the file that `before` was loaded from. */
export function applyUpsert(text: string, before: HospitalMap, upsert: Upsert): string {
  const document = parseDocument(text);
  for (const { section, id, fields } of upsert.changed) {
    const index = before[section].findIndex((each) => each.id === id);
    if (index < 0) continue;
    for (const { field, to } of fields) {
      const path = [section, index, field];
      if (to === null) document.deleteIn(path);
      else document.setIn(path, document.createNode(to));
    }
  }
  for (const { section, id } of upsert.added) {
    const element = upsert.map[section].find((each) => each.id === id);
    const node = document.createNode(withoutDefaultsIn(section, element));
    layOut(node);
    if (document.get(section) === undefined || document.get(section) === null)
      document.set(section, document.createNode([]));
    document.addIn([section], node);
  }
  return document.toString({ lineWidth: 118, flowCollectionPadding: true });
}
