// A seed in, one damaged log through one decoder, and what went wrong out. The damage: flipped bits, bytes put in and
// taken out, lines cut, doubled and mixed between logs, numbers made absurd, texts made long.

import { zeekHead } from "../../lab/traffic/zeek-head.ts";
import { createRandom, type Random } from "../../src/kit/random.ts";
import { BatchWriter } from "../../src/model/batch.ts";
import { HostTable } from "../../src/model/host-table.ts";
import { createDecoder } from "../../src/telemetry/decoder-of-format.ts";
import type { Format } from "../../src/telemetry/decoder.ts";
import { decodeWhole, plainContext } from "../decode.ts";
import { sniff } from "../../src/telemetry/sniff.ts";

/** A valid log of each kind. */
export const samples: readonly (readonly [format: Format, text: string])[] = [
  [
    "zeek-conn",
    `${zeekHead("conn").join("\n")}\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_bytes\tconn_state\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n1258531221.486539\tC1\t10.0.0.5\t50000\t10.0.0.9\t445\ttcp\t0.16\t301\t300\tSF\tShADadfF\t7\t629\t6\t628\n1258531222.0\tC2\t2001:db8::5\t128\t2001:db8::9\t129\ticmp\t-\t-\t-\tOTH\t-\t1\t60\t0\t0\n`,
  ],
  [
    "zeek-conn",
    '{"ts":1258531221.486539,"uid":"C1","id.orig_h":"10.0.0.5","id.orig_p":50000,"id.resp_h":"10.0.0.9","id.resp_p":445,"proto":"tcp","duration":0.16,"conn_state":"SF","history":"ShADadfF","orig_pkts":7,"resp_pkts":6,"tunnel_parents":[]}\n{"ts":"2009-11-18T08:00:21.486539Z","id":{"orig_h":"::1","orig_p":1,"resp_h":"fe80::1","resp_p":2},"proto":"udp","conn_state":"S0"}\n',
  ],
  ["zeek-dns", '{"ts":1.5,"id.orig_h":"10.0.0.5","id.resp_h":"10.0.0.9","query":"bad.example"}\n'],
  [
    "zeek-smb",
    '{"ts":1.5,"id.orig_h":"10.0.0.5","id.resp_h":"10.0.0.9","action":"SMB::FILE_RENAME","path":"\\\\\\\\a\\\\C$","name":"b.exe","size":0}\n',
  ],
  [
    "zeek-dce-rpc",
    '{"ts":1.5,"id.orig_h":"10.0.0.5","id.resp_h":"10.0.0.9","endpoint":"svcctl","operation":"CreateServiceW"}\n',
  ],
  [
    "zeek-notice",
    '{"ts":1.5,"id.orig_h":"10.0.0.5","note":"A::B","msg":"m","src":"10.0.0.5","dst":"10.0.0.9","p":445}\n',
  ],
  [
    "eve",
    '{"timestamp":"2021-06-06T15:57:37.272281+0200","flow_id":1,"event_type":"flow","src_ip":"10.0.0.5","src_port":50000,"dest_ip":"10.0.0.9","dest_port":445,"proto":"TCP","flow":{"pkts_toserver":1,"pkts_toclient":0,"bytes_toserver":60,"bytes_toclient":0,"start":"2021-06-06T15:57:37.272281+0200","end":"2021-06-06T15:57:38.272281+0200","state":"new"},"tcp":{"tcp_flags_ts":"02","tcp_flags_tc":"00"}}\n{"timestamp":"2021-06-06T15:57:37+0200","event_type":"smb","src_ip":"10.0.0.5","dest_ip":"10.0.0.9","smb":{"command":"X","status":"STATUS_LOGON_FAILURE","ntlmssp":{"user":"u"},"dcerpc":{"interfaces":[{"uuid":"u"}],"req":{"opnum":12}}}}\n{"timestamp":"2021-06-06T15:57:37+0200","event_type":"dns","src_ip":"10.0.0.5","dest_ip":"10.0.0.9","dns":{"type":"query","queries":[{"rrname":"bad.example"}]}}\n',
  ],
  [
    "eve",
    '[{"timestamp":"2021-06-06T15:57:37+0200","event_type":"alert","src_ip":"10.0.0.5","dest_ip":"10.0.0.9","src_port":1,"dest_port":2,"proto":"TCP","alert":{"signature":"s","severity":1}},\n{"timestamp":"2021-06-06T15:57:38+0200","event_type":"netflow","flow_id":3,"src_ip":"10.0.0.5","dest_ip":"10.0.0.9","proto":"UDP","netflow":{"pkts":1,"bytes":2}}]',
  ],
  [
    "csv",
    "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt\n2011-08-16 11:53:48,2011-08-16 11:53:50,2.0,10.0.0.5,10.0.0.9,50000,445,TCP,....S.,0,0,3,180\nSummary\nflows,bytes\n1,180\n",
  ],
  [
    "csv",
    'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotPkts,TotBytes,SrcBytes\n2011/08/15 10:42:52.6,1.0,tcp,10.0.0.5,50000,   ->,10.0.0.9,445,S_RA,4,244,124\n"2011-08-15 10:42:52",1.0,udp,10.0.0.5,0x35,<->,10.0.0.9,53,CON,4,1.2 K,124\n',
  ],
  [
    "windows-json",
    '{"EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"A","@timestamp":"2020-09-20T16:16:57Z","SourceIp":"10.0.0.5","SourcePort":"50000","DestinationIp":"10.0.0.9","DestinationPort":"445","Protocol":"tcp","Initiated":"true"}\n{"winlog":{"event_id":4625,"channel":"Security","computer_name":"A","event_data":{"IpAddress":"10.0.0.5","TargetUserName":"u"}},"@timestamp":"2020-09-20T16:16:57Z"}\n{"Event":{"System":{"EventID":{"#text":5145},"Channel":"Security","Computer":"A","TimeCreated":{"#attributes":{"SystemTime":"2020-09-20T16:16:57Z"}}},"EventData":{"IpAddress":"10.0.0.5","ShareName":"\\\\\\\\*\\\\IPC$","RelativeTargetName":"svcctl","AccessMask":"0x2"}}}\n',
  ],
];

const tokens = [
  '"',
  "{",
  "}",
  "[",
  "]",
  "\\",
  "\t",
  ",",
  "\n",
  "\r\n",
  "-",
  "1e999",
  "-1",
  "99999999999999999999",
  "null",
  "\\u0000",
  "\0",
  "#fields\t",
  "#path\tdns\n",
  "::",
  "255.255.255.255",
  "\uFEFF",
  "é",
  "#separator \\x2c\n",
];

function damaged(random: Random, text: string): Uint8Array {
  let bytes = Buffer.from(text);
  for (let change = random.below(6); change >= 0; change--) {
    const at = random.below(bytes.length + 1);
    switch (random.below(7)) {
      case 0:
        if (at < bytes.length) bytes[at] ^= 1 << random.below(8);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(tokens)), bytes.subarray(at)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + random.below(20)))]);
        break;
      case 3:
        bytes = Buffer.from(bytes.subarray(0, at));
        break;
      case 4: {
        const from = random.below(bytes.length + 1);
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(from, from + random.below(200)),
          bytes.subarray(at),
        ]);
        break;
      }
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(samples)[1]), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.alloc(random.below(3000), 48 + random.below(50)),
          bytes.subarray(at),
        ]);
    }
  }
  return bytes;
}

const hosts = new HostTable(1024, 64);
let flowRows = 0;
let badRow: string | null = null;
const writer = new BatchWriter(
  hosts,
  ({ flows }) => {
    flowRows += flows.length;
    for (let flow = 0; flow < flows.length; flow++) {
      const isTime = flows.atMs[flow] >= 0 && flows.atMs[flow] < 7_258_118_400_000 + 1e7;
      const isHost = flows.source[flow] >= 0 && flows.target[flow] >= 0;
      if (!isTime || !isHost || !(flows.durationMs[flow] >= 0)) badRow = `a row at ${flows.atMs[flow]}`;
    }
  },
  256,
);

/** Runs one case; null when all held, else a sentence with the seed. */
export function fuzzLog(seed: number): string | null {
  const random = createRandom(seed);
  const [format, text] = random.pick(samples);
  const input = damaged(random, text);
  flowRows = 0;
  badRow = null;
  try {
    sniff(input);
    const context = plainContext(writer, "fuzz", (name) => name === "bad.example");
    const decoder = createDecoder(format, context, { latenessMs: 600_000 });
    const chunkBytes = 1 + random.below(input.length + 1);
    decodeWhole(decoder, writer, input, chunkBytes);
    const report = decoder.report();
    if (badRow !== null) return `seed ${seed}: ${format} made ${badRow as string}`;
    if (report.flows > report.records) return `seed ${seed}: ${format} counted more flows than records`;
    if (format !== "csv" && flowRows !== report.flows)
      return `seed ${seed}: ${format} made ${flowRows} rows, counted ${report.flows}`;
    return null;
  } catch (error) {
    return `seed ${seed}: ${format} threw ${error instanceof Error ? error.message : String(error)}`;
  }
}
