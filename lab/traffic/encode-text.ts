// Zeek conn.log (TSV and JSON), Suricata EVE flow records and CSV. In: batches of whole rows. Out: lines.
// Lines come in the order a sensor would write them: when a connection has ended, or its answer is given up.

import { mix32 } from "../../src/kit/hash.ts";
import { formatIpv4 } from "../../src/model/address.ts";
import {
  DIRECTION_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNANSWERED,
  PROTOCOL_ARP,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
} from "../../src/model/flow.ts";
import { inOrder, payloadBytes, type Sink, type TrafficEncoder, type WireFlow } from "./encoder.ts";
import { zeekHead } from "./zeek-head.ts";

const HEADER_BYTES_TCP = 52;
const HEADER_BYTES_UDP = 28;

/** Lines to a sink, gathered so that the sink is not called for each. */
function createLines(sink: Sink): { add(line: string): void; flush(): void } {
  let text = "";
  const flush = (): void => {
    if (text !== "") sink(Buffer.from(text));
    text = "";
  };
  return {
    flush,
    add(line) {
      text += `${line}\n`;
      if (text.length > 65_536) flush();
    },
  };
}

function lineEncoder(
  sink: Sink,
  first: string | null,
  lineOf: (flow: WireFlow, nth: number) => string,
): TrafficEncoder {
  const lines = createLines(sink);
  if (first !== null) lines.add(first);
  let nth = 0;
  const giveUpMs = 5_000;
  const ordered = inOrder(
    (flow) => (flow.outcome === OUTCOME_UNANSWERED ? flow.startMs + giveUpMs : flow.endMs),
    (flow) => {
      if (flow.protocol !== PROTOCOL_ARP) lines.add(lineOf(flow, nth++));
    },
  );
  return {
    write: (batch, hosts) => ordered.write(batch, hosts),
    end: () => {
      ordered.end();
      lines.flush();
    },
  };
}

/** Zeek's name for what became of a connection, and its history of packets. */
function zeekState(flow: WireFlow): readonly [state: string, history: string] {
  if (flow.protocol === PROTOCOL_ICMP) return ["OTH", "-"];
  if (flow.protocol !== PROTOCOL_TCP) return flow.outcome === OUTCOME_ANSWERED ? ["SF", "Dd"] : ["S0", "D"];
  if (flow.direction !== DIRECTION_SEEN) return flow.outcome === OUTCOME_ANSWERED ? ["OTH", "DadA"] : ["OTH", "D"];
  if (flow.outcome === OUTCOME_ANSWERED) return ["SF", "ShADadFf"];
  return flow.outcome === OUTCOME_REFUSED ? ["REJ", "Sr"] : ["S0", "S"];
}

function zeekUid(flow: WireFlow, nth: number): string {
  const word = (salt: number): string =>
    (mix32(Math.imul(nth + 1, salt) ^ flow.sourceAddress ^ flow.targetPort) >>> 0).toString(36).padStart(7, "0");
  return `C${word(0x9e3779b1)}${word(0x85ebca6b)}`.slice(0, 18);
}

function zeekRow(flow: WireFlow, nth: number): readonly (readonly [name: string, value: string | number | boolean])[] {
  const header = flow.protocol === PROTOCOL_TCP ? HEADER_BYTES_TCP : HEADER_BYTES_UDP;
  const [state, history] = zeekState(flow);
  const isIcmp = flow.protocol === PROTOCOL_ICMP;
  const hasDuration = flow.outcome !== OUTCOME_UNANSWERED && flow.packetsBack > 0;
  return [
    ["ts", (flow.startMs / 1_000).toFixed(6)],
    ["uid", zeekUid(flow, nth)],
    ["id.orig_h", formatIpv4(flow.sourceAddress)],
    ["id.orig_p", isIcmp ? flow.targetPort >> 8 : flow.sourcePort],
    ["id.resp_h", formatIpv4(flow.targetAddress)],
    ["id.resp_p", isIcmp ? 0 : flow.targetPort],
    ["proto", isIcmp ? "icmp" : flow.protocol === PROTOCOL_TCP ? "tcp" : "udp"],
    ["service", "-"],
    ["duration", hasDuration ? (flow.durationMs / 1_000).toFixed(6) : "-"],
    ["orig_bytes", hasDuration ? payloadBytes(flow.bytes, flow.packets, header) : "-"],
    ["resp_bytes", hasDuration ? payloadBytes(flow.bytesBack, flow.packetsBack, header) : "-"],
    ["conn_state", state],
    ["local_orig", flow.sourceAddress >>> 24 === 10],
    ["local_resp", flow.targetAddress >>> 24 === 10],
    ["missed_bytes", 0],
    ["history", history],
    ["orig_pkts", flow.packets],
    ["orig_ip_bytes", Math.round(flow.bytes)],
    ["resp_pkts", Math.max(0, flow.packetsBack)],
    ["resp_ip_bytes", Math.max(0, Math.round(flow.bytesBack))],
  ];
}

/** Names and types of the columns, in the order of `zeekRow`. */
const zeekColumns = [
  "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port proto:enum service:string",
  "duration:interval orig_bytes:count resp_bytes:count conn_state:string local_orig:bool local_resp:bool",
  "missed_bytes:count history:string orig_pkts:count orig_ip_bytes:count resp_pkts:count resp_ip_bytes:count",
]
  .flatMap((line) => line.split(" "))
  .map((column) => column.split(":"));

const zeekHeader = [
  ...zeekHead("conn"),
  ["#fields", ...zeekColumns.map(([name]) => name)].join("\t"),
  ["#types", ...zeekColumns.map(([, type]) => type)].join("\t"),
].join("\n");

export function createZeekTsvEncoder(sink: Sink): TrafficEncoder {
  const text = (value: string | number | boolean): string =>
    typeof value === "boolean" ? (value ? "T" : "F") : String(value);
  return lineEncoder(sink, zeekHeader, (flow, nth) =>
    zeekRow(flow, nth)
      .map(([, value]) => text(value))
      .join("\t"),
  );
}

export function createZeekJsonEncoder(sink: Sink): TrafficEncoder {
  return lineEncoder(sink, null, (flow, nth) => {
    const fields = zeekRow(flow, nth).filter(([, value]) => value !== "-");
    // Times are written as numbers, with six digits.
    const isTime = (name: string): boolean => name === "ts" || name === "duration";
    return `{${fields.map(([name, value]) => `"${name}":${isTime(name) ? value : JSON.stringify(value)}`).join(",")}}`;
  });
}

const eveTime = (ms: number): string => {
  const micros = Math.floor((ms % 1) * 1_000)
    .toString()
    .padStart(3, "0");
  return `${new Date(Math.floor(ms)).toISOString().slice(0, -1)}${micros}+0000`;
};

export function createEveEncoder(sink: Sink): TrafficEncoder {
  return lineEncoder(sink, null, (flow, nth) => JSON.stringify(eveRecord(flow, nth)));
}

function eveRecord(flow: WireFlow, nth: number): object {
  const isAnswered = flow.outcome === OUTCOME_ANSWERED;
  const isTcp = flow.protocol === PROTOCOL_TCP;
  const isIcmp = flow.protocol === PROTOCOL_ICMP;
  const ports = isIcmp
    ? { icmp_type: flow.targetPort >> 8, icmp_code: flow.targetPort & 255 }
    : { src_port: flow.sourcePort, dest_port: flow.targetPort };
  const record = {
    timestamp: eveTime(flow.outcome === OUTCOME_UNANSWERED ? flow.startMs + 60_000 : flow.endMs + 60_000),
    flow_id: (mix32(nth + 1) >>> 0) * 1_024 + (nth % 1_024),
    event_type: "flow",
    src_ip: formatIpv4(flow.sourceAddress),
    dest_ip: formatIpv4(flow.targetAddress),
    ...ports,
    proto: isIcmp ? "ICMP" : isTcp ? "TCP" : "UDP",
    flow: {
      pkts_toserver: flow.packets,
      pkts_toclient: Math.max(0, flow.packetsBack),
      bytes_toserver: Math.round(flow.bytes),
      bytes_toclient: Math.max(0, Math.round(flow.bytesBack)),
      start: eveTime(flow.startMs),
      end: eveTime(flow.endMs),
      age: Math.floor(flow.durationMs / 1_000),
      state: isAnswered ? (isTcp ? "closed" : "established") : flow.outcome === OUTCOME_REFUSED ? "closed" : "new",
      reason: "timeout",
      alerted: false,
    },
  };
  return isTcp ? { ...record, tcp: eveFlags(flow) } : record;
}

function eveFlags(flow: WireFlow): object {
  if (flow.direction !== DIRECTION_SEEN)
    return { tcp_flags: "18", tcp_flags_ts: "18", tcp_flags_tc: "18", psh: true, ack: true, state: "established" };
  if (flow.outcome === OUTCOME_ANSWERED)
    return {
      tcp_flags: "1b",
      tcp_flags_ts: "1b",
      tcp_flags_tc: "1b",
      syn: true,
      fin: true,
      psh: true,
      ack: true,
      state: "closed",
    };
  if (flow.outcome === OUTCOME_REFUSED)
    return {
      tcp_flags: "16",
      tcp_flags_ts: "02",
      tcp_flags_tc: "14",
      syn: true,
      rst: true,
      ack: true,
      state: "closed",
    };
  return { tcp_flags: "02", tcp_flags_ts: "02", tcp_flags_tc: "00", syn: true, state: "syn_sent" };
}

const csvHeader =
  "ts,duration,src_ip,src_port,dst_ip,dst_port,proto,orig_bytes,orig_pkts,resp_bytes,resp_pkts,conn_state";

export function createCsvEncoder(sink: Sink): TrafficEncoder {
  return lineEncoder(sink, csvHeader, (flow) =>
    [
      (flow.startMs / 1_000).toFixed(6),
      (flow.durationMs / 1_000).toFixed(6),
      formatIpv4(flow.sourceAddress),
      flow.sourcePort,
      formatIpv4(flow.targetAddress),
      flow.targetPort,
      flow.protocol,
      Math.round(flow.bytes),
      flow.packets,
      Math.max(0, Math.round(flow.bytesBack)),
      Math.max(0, flow.packetsBack),
      zeekState(flow)[0],
    ].join(","),
  );
}
