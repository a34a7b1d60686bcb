// The header line of a CSV of flows in, which column holds what out. Names are compared in lower case without
// punctuation, so `Src IP Addr`, `src_ip_addr` and `srcIpAddr` are one name.

/** What a column can hold. */
export type CsvField =
  | "start"
  | "end"
  | "duration"
  | "durationMs"
  | "source"
  | "target"
  | "sourcePort"
  | "targetPort"
  | "protocol"
  | "bytes"
  | "packets"
  | "bytesBack"
  | "packetsBack"
  | "bytesTotal"
  | "packetsTotal"
  | "flags"
  | "flagsBack"
  | "state"
  | "direction"
  | "icmpType"
  | "icmpCode";

export const csvFields = [
  "start",
  "end",
  "duration",
  "durationMs",
  "source",
  "target",
  "sourcePort",
  "targetPort",
  "protocol",
  "bytes",
  "packets",
  "bytesBack",
  "packetsBack",
  "bytesTotal",
  "packetsTotal",
  "flags",
  "flagsBack",
  "state",
  "direction",
  "icmpType",
  "icmpCode",
] as const satisfies readonly CsvField[];

/** Known names of each field; the first match in a header wins. docs/protocols.md shows the same table. */
export const csvNames: Record<CsvField, readonly string[]> = {
  start:
    "ts tfs start starttime stime firstseen first time timestamp flowstart flowstartmilliseconds datefirstseen firstswitched begin begintime eventstart atimestamp datetime date flowstartdatetime stimestamp".split(
      " ",
    ),
  end: "te end endtime lastseen last ltime flowend flowendmilliseconds lastswitched eventend stop stoptime finish".split(
    " ",
  ),
  duration: "td duration dur durations flowduration seconds".split(" "),
  durationMs: "durationms durationmilliseconds flowdurationmilliseconds eventdurationms".split(" "),
  source:
    "sa src srcip srcaddr srcaddress srcipaddr srcipaddress saddr sourceip sourceaddress sourceipaddress source sip ipsrc ip4src ipv4srcaddr ipv6srcaddr sourceipv4address sourceipv6address flowsrcaddr flowclientipaddr clientip clientaddr origh idorigh srchost iporiginator".split(
      " ",
    ),
  target:
    "da dst dstip dstaddr dstaddress dstipaddr dstipaddress daddr destip destaddr destinationip destinationaddress destinationipaddress destination dest dip ipdst ip4dst ipv4dstaddr ipv6dstaddr destinationipv4address destinationipv6address flowdstaddr flowserveripaddr serverip serveraddr resph idresph dsthost target targetip ipresponder".split(
      " ",
    ),
  sourcePort:
    "sp sport srcport srcpt sourceport l4srcport sourcetransportport flowsrcport flowclientport clientport origp idorigp portsrc spt".split(
      " ",
    ),
  targetPort:
    "dp dport dstport dstpt destport destinationport l4dstport destinationtransportport flowdstport flowserverport serverport respp idrespp portdst dpt targetport".split(
      " ",
    ),
  protocol:
    "pr proto protocol ipproto ipprotocol protocolidentifier networktransport l4proto transport protoid networkiananumber".split(
      " ",
    ),
  bytes:
    "ibyt inbytes ibytes byt bytes srcbytes sbytes octets doctets octetdeltacount origbytes sourcebytes bytessent bytestoserver bytein sentbytes flowbytes fwdbytes inbyte".split(
      " ",
    ),
  packets:
    "ipkt inpackets ipkts pkt pkts packets srcpkts spkts dpkts packetdeltacount origpkts sourcepackets packetssent pktstoserver inpkts sentpackets flowpackets fwdpkts inpacket".split(
      " ",
    ),
  bytesBack:
    "obyt outbytes obytes dstbytes dbytes respbytes destinationbytes bytesreceived bytestoclient byteout receivedbytes bwdbytes reverseoctetdeltacount outbyte".split(
      " ",
    ),
  packetsBack:
    "opkt outpackets opkts dstpkts respbkts resppkts destinationpackets packetsreceived pktstoclient outpkts receivedpackets bwdpkts reversepacketdeltacount outpacket".split(
      " ",
    ),
  bytesTotal: "totbytes totalbytes networkbytes".split(" "),
  packetsTotal: "totpkts totalpackets totpackets networkpackets".split(" "),
  flags: "flg flags tcpflags tcpcontrolbits tcpflagsts flowtcpflags srcflags".split(" "),
  flagsBack: "dstflags tcpflagstc oflg reversetcpcontrolbits".split(" "),
  state: "state connstate status flowstate".split(" "),
  direction: "dir direction".split(" "),
  icmpType: "icmptype".split(" "),
  icmpCode: "icmpcode".split(" "),
};

/** Column numbers by field; absent fields are missing. `separator` is one byte as text. */
export interface CsvLayout {
  readonly separator: string;
  readonly columns: Partial<Record<CsvField, number>>;
  readonly columnCount: number;
  readonly dialect: "nfdump" | "argus" | "other";
}

/** A name as it is compared: letters and digits only, lower case. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Reads a header line; null when it does not name a source and a target address. */
export function readCsvHeader(line: string): CsvLayout | null {
  for (const separator of [",", ";", "\t", "|"]) {
    const names = line.split(separator).map((cell) => plainName(cell));
    if (names.length < 3) continue;
    const columns = columnsOf(names);
    if (columns.source === undefined || columns.target === undefined) continue;
    const isNfdump = names.includes("sa") && names.includes("da");
    const isArgus = names.includes("srcaddr") && names.includes("dir");
    return {
      separator,
      columns,
      columnCount: names.length,
      dialect: isNfdump ? "nfdump" : isArgus ? "argus" : "other",
    };
  }
  return null;
}

function columnsOf(names: readonly string[]): Partial<Record<CsvField, number>> {
  const columns: Partial<Record<CsvField, number>> = {};
  for (const field of csvFields) {
    for (const known of csvNames[field]) {
      const at = names.indexOf(known);
      if (at === -1) continue;
      columns[field] = at;
      break;
    }
  }
  return columns;
}
