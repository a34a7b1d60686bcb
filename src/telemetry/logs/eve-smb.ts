// EVE `smb` and `dcerpc` events in, observations out: failed log-ons, renames, programs written to admin shares, RPC
// calls that run something. Names are hashed or forgotten.

import { accountHashOf } from "../account-hash.ts";
import type { DecoderContext } from "../decoder.ts";
import * as slots from "./eve-fields.ts";
import { asObject, type JsonObject } from "./json-object.ts";
import type { AddressCell, FieldSet } from "./lines-fields.ts";
import { RenameCounter } from "./lines-renames.ts";
import { internCell, isUnicast } from "./lines-row.ts";
import type { LogTally } from "./lines-tally.ts";
import { type RemoteAct, isAdminShare, isProgramName } from "../remote-acts.ts";
import { opnumAct } from "./zeek-remote.ts";

/** Flows whose bound RPC interface is remembered. When full, the oldest is forgotten. */
const boundFlowsMax = 4096;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

export class EveSmb {
  hasEvents = false;
  readonly #context: DecoderContext;
  readonly #tally: LogTally;
  readonly #renames: RenameCounter;
  readonly #interfaceOfFlow = new Map<string, string>();

  constructor(context: DecoderContext, tally: LogTally) {
    this.#context = context;
    this.#tally = tally;
    this.#renames = new RenameCounter(context.writer);
  }

  end(): void {
    this.#renames.end();
  }

  take(fields: FieldSet, event: JsonObject, source: AddressCell, target: AddressCell): void {
    this.hasEvents = true;
    if (!isUnicast(target)) {
      this.#tally.skipped.add("no-address");
      return;
    }
    const smb = asObject(event["smb"]);
    const atMs = fields.timeMs(slots.TIMESTAMP);
    const rpc = { ...asObject(event["dcerpc"]), ...asObject(smb["dcerpc"]) };
    const how = this.#writeOf(smb) ?? this.#callOf(fields.text(slots.FLOW_ID), rpc);
    const { writer } = this.#context;
    if (how !== null) {
      const hosts = { source: internCell(writer, source), target: internCell(writer, target) };
      writer.observe({ kind: "remote-execution", atMs, ...hosts, how });
    } else if (isFailedLogon(textOf(smb["status"]))) {
      const hosts = { source: internCell(writer, source), target: internCell(writer, target) };
      const accountHash = accountHashOf(textOf(asObject(smb["ntlmssp"])["user"]));
      writer.observe({ kind: "logon-failed", atMs, ...hosts, accountHash });
    } else if (smb["rename"] !== undefined || textOf(smb["command"]).endsWith("_RENAME")) {
      this.#renames.add(atMs, source, target);
    } else this.#tally.skipped.add("unused-event");
  }

  /** A program created or overwritten on a share that only administrators reach. */
  #writeOf(smb: JsonObject): RemoteAct | null {
    if (!isAdminShare(textOf(smb["share"])) || !isProgramName(textOf(smb["filename"]))) return null;
    return /CREATE|OVERWRITE|SUPERSEDE/.test(textOf(smb["disposition"])) ? "admin-share-write" : null;
  }

  /** The interface is named when it is bound; calls name only their number. */
  #callOf(flowId: string, rpc: JsonObject): RemoteAct | null {
    const interfaces = Array.isArray(rpc["interfaces"]) ? (rpc["interfaces"] as JsonObject[]) : [];
    for (const bound of interfaces) {
      const uuid = textOf(bound?.["uuid"]).toLowerCase();
      if (uuid === "") continue;
      this.#interfaceOfFlow.delete(flowId);
      this.#interfaceOfFlow.set(flowId, uuid);
      if (this.#interfaceOfFlow.size > boundFlowsMax) {
        this.#interfaceOfFlow.delete(this.#interfaceOfFlow.keys().next().value!);
      }
    }
    const opnum = asObject(rpc["req"])["opnum"];
    const uuid = this.#interfaceOfFlow.get(flowId);
    return typeof opnum === "number" && uuid !== undefined ? opnumAct(uuid, opnum) : null;
  }
}

function isFailedLogon(status: string): boolean {
  return /^STATUS_(LOGON_FAILURE|WRONG_PASSWORD|NO_SUCH_USER|ACCOUNT_LOCKED_OUT|ACCOUNT_DISABLED|PASSWORD_EXPIRED)$/.test(
    status,
  );
}
