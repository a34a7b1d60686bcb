// Fields of one Zeek conn record in, a flow row out. The originator is the source; rows whose beginning was not seen
// are turned by ports. Answers without a question and group addresses make no row; both are counted.

import {
  DIRECTION_FROM_PORTS,
  DIRECTION_SEEN,
  NOT_SEEN,
  OUTCOME_ANSWERED,
  OUTCOME_UNANSWERED,
  OUTCOME_UNKNOWN,
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
  PROTOCOL_TCP,
} from "../../model/flow.ts";
import type { SensorIndex } from "../../model/units.ts";
import type { DecoderContext, NotVisible } from "../decoder.ts";
import type { FieldSet } from "./lines-fields.ts";
import { LogRow, readProtocol } from "./lines-row.ts";
import { OneWayWatch } from "./one-way-watch.ts";
import type { LogTally } from "./lines-tally.ts";
import type { ZeekKind } from "./zeek-kind.ts";
import {
  BACK,
  FLIPPED,
  readConnState,
  readHistory,
  REPLY_ONLY,
  STATE_OTH,
  STATE_RSTRH,
  STATE_S0,
  STATE_SF,
  STATE_SHR,
  SYN,
  SYN_ACK,
  tcpOutcome,
} from "./zeek-outcome.ts";

const TS = 0;
const ORIG_HOST = 1;
const ORIG_PORT = 2;
const RESP_HOST = 3;
const RESP_PORT = 4;
const PROTO = 5;
const DURATION = 6;
const ORIG_BYTES = 7;
const RESP_BYTES = 8;
const CONN_STATE = 9;
const HISTORY = 10;
const ORIG_PACKETS = 11;
const ORIG_IP_BYTES = 12;
const RESP_PACKETS = 13;
const RESP_IP_BYTES = 14;
const RESP_MAC = 15;

export class ZeekConn implements ZeekKind {
  readonly names = [
    ["ts"],
    ["id.orig_h", "id_orig_h"],
    ["id.orig_p", "id_orig_p"],
    ["id.resp_h", "id_resp_h"],
    ["id.resp_p", "id_resp_p"],
    ["proto"],
    ["duration"],
    ["orig_bytes"],
    ["resp_bytes"],
    ["conn_state"],
    ["history"],
    ["orig_pkts"],
    ["orig_ip_bytes"],
    ["resp_pkts"],
    ["resp_ip_bytes"],
    ["resp_l2_addr"],
  ];
  readonly #context: DecoderContext;
  readonly #tally: LogTally;
  readonly #sensor: SensorIndex;
  readonly #row = new LogRow();
  #history = 0;
  #state = 0;
  readonly #oneWay = new OneWayWatch();

  constructor(context: DecoderContext, tally: LogTally) {
    this.#context = context;
    this.#tally = tally;
    this.#sensor = context.sensor(context.path);
  }

  notVisible(): NotVisible[] {
    return this.#oneWay.isOneWay()
      ? ["dns-names", "payload", "arp", "reverse-direction"]
      : ["dns-names", "payload", "arp"];
  }

  take(fields: FieldSet): void {
    const row = this.#row;
    const tally = this.#tally;
    row.startMs = fields.timeMs(TS);
    const durationMs = fields.has(DURATION) ? fields.durationMs(DURATION) : 0;
    row.durationMs = durationMs >= 0 ? durationMs : 0;
    if (!fields.address(ORIG_HOST, row.source) || !fields.address(RESP_HOST, row.target)) {
      tally.skipped.add("bad-line");
      return;
    }
    row.sourcePort = fields.integer(ORIG_PORT);
    row.targetPort = fields.integer(RESP_PORT);
    row.protocol = readProtocol(fields.bytes, fields.begin[PROTO], fields.end[PROTO]);
    if (row.sourcePort < 0 || row.targetPort < 0 || row.sourcePort > 65_535 || row.targetPort > 65_535) {
      tally.skipped.add("bad-line");
      return;
    }
    if (!row.isAccepted(tally)) return;
    if (this.#isGroupMac(fields)) {
      tally.skipped.add("no-address");
      return;
    }
    this.#readCounts(fields);
    if (!this.#judge(fields)) {
      tally.skipped.add("reply-without-request");
      return;
    }
    tally.flows++;
    row.write(this.#context.writer, this.#sensor);
  }

  /** IP bytes where the log has them, else payload bytes. An absent field reads as NOT_SEEN. */
  #readCounts(fields: FieldSet): void {
    const row = this.#row;
    row.packets = fields.integer(ORIG_PACKETS);
    row.packetsBack = fields.integer(RESP_PACKETS);
    row.bytes = fields.integer(fields.has(ORIG_IP_BYTES) ? ORIG_IP_BYTES : ORIG_BYTES);
    row.bytesBack = fields.integer(fields.has(RESP_IP_BYTES) ? RESP_IP_BYTES : RESP_BYTES);
  }

  /** Outcome and direction; false when it is only an answer. */
  #judge(fields: FieldSet): boolean {
    this.#state = readConnState(fields.bytes, fields.begin[CONN_STATE], fields.end[CONN_STATE]);
    this.#history = readHistory(fields.bytes, fields.begin[HISTORY], fields.end[HISTORY]);
    switch (this.#row.protocol) {
      case PROTOCOL_TCP:
        return this.#judgeTcp();
      case PROTOCOL_ICMP:
      case PROTOCOL_ICMP6:
        return this.#judgeIcmp();
      default:
        return this.#judgeDatagrams();
    }
  }

  #judgeTcp(): boolean {
    const row = this.#row;
    const history = this.#history;
    const outcome = tcpOutcome(this.#state, history);
    if (outcome === REPLY_ONLY) return false;
    row.outcome = outcome;
    this.#oneWay.take(row);
    if (row.packets === 0 && row.packetsBack !== 0) {
      row.packets = NOT_SEEN;
      row.bytes = NOT_SEEN;
    }
    const wasOpened = (history & (SYN | (SYN_ACK << BACK))) !== 0;
    const isUnknown =
      history === 0 && (this.#state === STATE_OTH || this.#state === STATE_SHR || this.#state === STATE_RSTRH);
    if (wasOpened || (history === 0 && !isUnknown)) row.direction = DIRECTION_SEEN;
    else if ((history & (SYN_ACK | (SYN << BACK))) !== 0) {
      // The one Zeek calls originator answered a SYN, or the responder sent one: it is the other way round.
      row.turn();
      row.direction = DIRECTION_SEEN;
    } else row.turnByPorts((history & FLIPPED) !== 0 ? DIRECTION_FROM_PORTS : undefined);
    return true;
  }

  /** UDP and the rest: an answer was seen or was not. A sensor known to be one-way can not tell the difference. */
  #judgeDatagrams(): boolean {
    const row = this.#row;
    row.direction = (this.#history & FLIPPED) !== 0 ? DIRECTION_FROM_PORTS : DIRECTION_SEEN;
    if (this.#state === STATE_SF || this.#state === STATE_SHR || row.packetsBack > 0) row.outcome = OUTCOME_ANSWERED;
    else if (this.#oneWay.isOneWay() || (this.#state !== STATE_S0 && row.packetsBack !== 0))
      row.outcome = OUTCOME_UNKNOWN;
    else row.outcome = OUTCOME_UNANSWERED;
    if (row.isLoneReply()) return false;
    if (this.#state === STATE_SHR && row.packets <= 0) {
      row.packets = NOT_SEEN;
      row.bytes = NOT_SEEN;
    }
    return true;
  }

  #judgeIcmp(): boolean {
    const row = this.#row;
    row.direction = DIRECTION_SEEN;
    if (!row.setIcmp(row.sourcePort, row.targetPort)) return false;
    if (row.packetsBack > 0) row.outcome = OUTCOME_ANSWERED;
    else row.outcome = row.packetsBack === 0 && !this.#oneWay.isOneWay() ? OUTCOME_UNANSWERED : OUTCOME_UNKNOWN;
    return true;
  }

  /** A link-layer broadcast or multicast, where the log has link-layer addresses: `ff:ff:…`, `01:00:5e:…`. */
  #isGroupMac(fields: FieldSet): boolean {
    if (fields.end[RESP_MAC] - fields.begin[RESP_MAC] !== 17) return false;
    const digit = fields.bytes[fields.begin[RESP_MAC] + 1];
    const nibble = digit >= 97 ? digit - 87 : digit - 48;
    return (nibble & 1) === 1;
  }
}
