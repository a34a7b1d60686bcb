// Which Zeek log is which: by `#path` (or `_path`), or by the keys of a JSON record. The keys of each log follow
// Zeek's own log reference; a log we know and do not use is `zeek-other`.

import type { Format } from "../decoder.ts";

export type ZeekFormat = Extract<Format, `zeek-${string}`>;

/** `conn`, also as renamed copies: `conn_long`, `conn-summary` stays out because it holds no connections. */
export function zeekFormatOfPath(path: string): ZeekFormat {
  switch (path.toLowerCase()) {
    case "conn":
    case "conn_long":
    case "conn_red":
      return "zeek-conn";
    case "dns":
    case "dns_red":
      return "zeek-dns";
    case "smb_files":
    case "smb_mapping":
    case "smb_cmd":
      return "zeek-smb";
    case "dce_rpc":
      return "zeek-dce-rpc";
    case "notice":
      return "zeek-notice";
    default:
      return "zeek-other";
  }
}

/** The log a JSON record belongs to, or null when it is no Zeek record. */
export function zeekFormatOfKeys(record: Readonly<Record<string, unknown>>): ZeekFormat | null {
  const path = record["_path"] ?? record["@path"];
  if (typeof path === "string" && record["ts"] !== undefined) return zeekFormatOfPath(path);
  if (record["ts"] === undefined) return null;
  const has = (...keys: string[]): boolean => keys.every((key) => record[key] !== undefined);
  if (has("note") && (has("msg") || has("sub") || has("actions"))) return "zeek-notice";
  if (!has("uid") && !has("id.orig_h") && !has("id_orig_h") && !has("id")) return null;
  if (has("conn_state") || (has("proto") && (has("orig_pkts") || has("missed_bytes")))) return "zeek-conn";
  if (has("proto", "trans_id") || has("query")) return "zeek-dns";
  if (has("endpoint", "operation") || has("named_pipe")) return "zeek-dce-rpc";
  if (has("share_type") || (has("action") && String(record["action"]).startsWith("SMB::"))) return "zeek-smb";
  return "zeek-other";
}
