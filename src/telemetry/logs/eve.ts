// Suricata EVE in (JSON lines or one array), rows from `flow` and `netflow` events and observations from alerts, dns and
// smb out. Alerts alone make no rows. Events read without a JSON object wherever the scanner can.

import { NO_HOST } from "../../model/units.ts";
import type { Decoder, DecoderContext, Format, InputReport, NotVisible } from "../decoder.ts";
import { SENDER_IS_SERVER, sideByPorts } from "../exports/direction-rules.ts";
import { EveFlow } from "./eve-flow.ts";
import * as slots from "./eve-fields.ts";
import { EveSmb } from "./eve-smb.ts";
import { asObject, type JsonObject, parseObject } from "./json-object.ts";
import { JsonScanner, textAt } from "./json-scan.ts";
import { AddressCell, FieldSet } from "./lines-fields.ts";
import { alertPort, alertSignature, watchableName } from "./lines-news.ts";
import { internCell, isUnicast, readProtocol } from "./lines-row.ts";
import type { LogOptions } from "./lines-tally.ts";
import { LogDecoder } from "./log-decoder.ts";

export function createEveDecoder(context: DecoderContext, options: LogOptions): Decoder {
  return new EveDecoder(context, options);
}

class EveDecoder extends LogDecoder {
  override readonly format: Format = "eve";
  readonly #scanner = new JsonScanner(slots.eveFields);
  readonly #fields = new FieldSet(slots.eveFields.length);
  readonly #flow: EveFlow;
  readonly #smb: EveSmb;
  readonly #source = new AddressCell();
  readonly #target = new AddressCell();
  #hasDns = false;

  constructor(context: DecoderContext, options: LogOptions) {
    super(context, options);
    this.#flow = new EveFlow(context.writer, this.tally, this.sensor);
    this.#smb = new EveSmb(context, this.tally);
  }

  protected override settle(): void {
    this.#flow.end();
    this.#smb.end();
  }

  override report(): InputReport {
    const notVisible: NotVisible[] = [];
    if (!this.#hasDns) notVisible.push("dns-names");
    if (!this.#smb.hasEvents) notVisible.push("payload");
    notVisible.push("arp");
    if (!this.#flow.hasEvents) notVisible.push("flows");
    if (this.#flow.isOneWay()) notVisible.push("reverse-direction");
    const { path } = this.context;
    return this.tally.report({ path, format: "eve", sensor: this.sensor, notVisible });
  }

  override record(bytes: Uint8Array, begin: number, end: number): void {
    this.tally.records++;
    const fields = this.#fields;
    let event: JsonObject | null = null;
    if (!this.#scanner.scan(bytes, begin, end, fields)) {
      event = parsed(bytes, begin, end);
      if (event === null) {
        this.refuse();
        return;
      }
      const read = event;
      fields.fill(slots.eveFields.map((names) => textAt(read, names)));
    }
    const type = fields.begin[slots.EVENT_TYPE];
    switch (fields.end[slots.EVENT_TYPE] - type) {
      case 4: // flow
        if (fields.bytes[type] === 102) return this.#flow.takeFlow(fields);
        break;
      case 7: // netflow
        if (fields.bytes[type] === 110) return this.#flow.takeNetflow(fields);
        break;
    }
    this.#takeRare(fields.text(slots.EVENT_TYPE), event ?? parsed(fields.bytes, begin, end));
  }

  /** Events other than flows. `event` is the whole record. */
  #takeRare(type: string, event: JsonObject | null): void {
    const fields = this.#fields;
    const tally = this.tally;
    if (type === "" || event === null) {
      tally.skipped.add("bad-line");
      return;
    }
    if (type === "stats" || !tally.accept(fields.timeMs(slots.TIMESTAMP))) {
      if (type === "stats") tally.skipped.add("unused-event");
      return;
    }
    if (type === "dns") this.#hasDns = true;
    if (type !== "alert" && type !== "dns" && type !== "smb" && type !== "dcerpc") {
      tally.skipped.add("unused-event");
      return;
    }
    fields.address(slots.SOURCE, this.#source);
    fields.address(slots.TARGET, this.#target);
    if (!isUnicast(this.#source)) tally.skipped.add("no-address");
    else if (type === "alert") this.#takeAlert();
    else if (type === "dns") this.#takeDns(event);
    else this.#smb.take(fields, event, this.#source, this.#target);
  }

  /** The one who began the conversation is the source, whichever packet rang. */
  #takeAlert(): void {
    const fields = this.#fields;
    const { writer } = this.context;
    const isTurned = this.#isAnswer();
    const port = fields.integer(isTurned ? slots.SOURCE_PORT : slots.TARGET_PORT);
    const [from, to] = isTurned ? [this.#target, this.#source] : [this.#source, this.#target];
    if (!isUnicast(from)) {
      this.tally.skipped.add("no-address");
      return;
    }
    const severity = fields.integer(slots.ALERT_SEVERITY);
    writer.observe({
      kind: "alert",
      atMs: fields.timeMs(slots.TIMESTAMP),
      source: internCell(writer, from),
      target: isUnicast(to) ? internCell(writer, to) : NO_HOST,
      targetPort: alertPort(port),
      signature: alertSignature(fields.text(slots.ALERT_SIGNATURE)),
      severity: severity >= 1 && severity <= 255 ? severity : 3,
      sensorName: fields.has(slots.HOST) ? fields.text(slots.HOST).slice(0, 100) : this.context.path,
    });
  }

  /** Whether the packet that rang went from server to client: as the event says, else by ports once both have spoken. */
  #isAnswer(): boolean {
    const fields = this.#fields;
    if (fields.has(slots.DIRECTION)) return fields.text(slots.DIRECTION) === "to_client";
    if (fields.has(slots.FLOW_SOURCE) && fields.text(slots.FLOW_SOURCE) !== fields.text(slots.SOURCE)) return true;
    if (fields.has(slots.FLOW_SOURCE) || !(fields.integer(slots.PACKETS_BACK) > 0)) return false;
    const protocol = readProtocol(fields.bytes, fields.begin[slots.PROTOCOL], fields.end[slots.PROTOCOL]);
    const sourcePort = fields.integer(slots.SOURCE_PORT);
    return sideByPorts(protocol, sourcePort, fields.integer(slots.TARGET_PORT)) === SENDER_IS_SERVER;
  }

  #takeDns(event: JsonObject): void {
    const { writer } = this.context;
    const names = queriedNames(event["dns"]).filter((name) => this.context.isWatchedName(name));
    if (names.length === 0) this.tally.skipped.add("unused-event");
    for (const name of names) {
      const source = internCell(writer, this.#source);
      writer.observe({ kind: "name-lookup", atMs: this.#fields.timeMs(slots.TIMESTAMP), source, name });
    }
  }
}

/** Names asked for: `rrname` of a query, or `queries[].rrname` of newer versions. Answers repeat what was asked. */
function queriedNames(dns: unknown): string[] {
  const { type, rrname, queries, query } = asObject(dns);
  if (type !== undefined && type !== "query" && type !== "request") return [];
  const asked = [rrname];
  for (const list of [queries, query]) {
    if (!Array.isArray(list)) continue;
    for (const item of list) asked.push(asObject(item)["rrname"]);
  }
  return asked.filter((name) => typeof name === "string").map(watchableName);
}

function parsed(bytes: Uint8Array, begin: number, end: number): JsonObject | null {
  return parseObject(Buffer.from(bytes.buffer, bytes.byteOffset + begin, end - begin).toString());
}
