// The fields of EVE records that are read, by slot. Names with a dot are nested objects.

export const EVENT_TYPE = 0;
export const TIMESTAMP = 1;
export const SOURCE = 2;
export const SOURCE_PORT = 3;
export const TARGET = 4;
export const TARGET_PORT = 5;
export const PROTOCOL = 6;
export const START = 7;
export const END = 8;
export const STATE = 9;
export const PACKETS = 10;
export const PACKETS_BACK = 11;
export const BYTES = 12;
export const BYTES_BACK = 13;
export const FLAGS = 14;
export const FLAGS_BACK = 15;
export const ICMP_TYPE = 16;
export const ICMP_CODE = 17;
export const FLOW_ID = 18;
export const NETFLOW_START = 19;
export const NETFLOW_END = 20;
export const NETFLOW_PACKETS = 21;
export const NETFLOW_BYTES = 22;
export const NETFLOW_FLAGS = 23;
export const ALERT_SIGNATURE = 24;
export const ALERT_SEVERITY = 25;
export const DIRECTION = 26;
export const FLOW_SOURCE = 27;
export const HOST = 28;

export const eveFields: readonly (readonly string[])[] = [
  ["event_type"],
  ["timestamp"],
  ["src_ip"],
  ["src_port"],
  ["dest_ip"],
  ["dest_port"],
  ["proto"],
  ["flow.start"],
  ["flow.end"],
  ["flow.state"],
  ["flow.pkts_toserver"],
  ["flow.pkts_toclient"],
  ["flow.bytes_toserver"],
  ["flow.bytes_toclient"],
  ["tcp.tcp_flags_ts"],
  ["tcp.tcp_flags_tc"],
  ["icmp_type"],
  ["icmp_code"],
  ["flow_id"],
  ["netflow.start"],
  ["netflow.end"],
  ["netflow.pkts"],
  ["netflow.bytes"],
  ["tcp.tcp_flags"],
  ["alert.signature"],
  ["alert.severity"],
  ["direction"],
  ["flow.src_ip"],
  ["host"],
];
