// Windows events as JSON in, observations and (from Sysmon 3) flow rows out. Three written forms are read: flat keys
// (NXLog), nested `winlog` (Winlogbeat) and nested `Event` (evtx_dump). Account names are hashed, never kept.

import { parseAddress } from "../../model/address.ts";
import { DIRECTION_SEEN, NOT_SEEN, OUTCOME_ANSWERED } from "../../model/flow.ts";
import type { Observation } from "../../model/observation.ts";
import { type HostIndex, NO_HOST } from "../../model/units.ts";
import { accountHashOf } from "../account-hash.ts";
import type { Decoder, DecoderContext, Format, InputReport, NotVisible } from "../decoder.ts";
import { AddressCell } from "./lines-fields.ts";
import { internCell, isUnicast, LogRow, readProtocol } from "./lines-row.ts";
import type { LogOptions } from "./lines-tally.ts";
import { LogDecoder } from "./log-decoder.ts";
import { readWindowsEvent, type WindowsEvent } from "./windows-event.ts";
import { WindowsHosts } from "./windows-hosts.ts";
import { actOfPipe, isAdminShare, isProgramName, type RemoteAct } from "../remote-acts.ts";

export function createWindowsDecoder(context: DecoderContext, options: LogOptions): Decoder {
  return new WindowsDecoder(context, options);
}

/** FILE_WRITE_DATA or FILE_APPEND_DATA in the access mask of 5145. */
const writeAccess = 0x6;

class WindowsDecoder extends LogDecoder {
  override readonly format: Format = "windows-json";
  readonly #hosts: WindowsHosts;
  readonly #row = new LogRow();
  readonly #cell = new AddressCell();

  constructor(context: DecoderContext, options: LogOptions) {
    super(context, options);
    this.#hosts = new WindowsHosts(context.writer, this.tally);
  }

  protected override settle(): void {
    this.#hosts.end();
  }

  override report(): InputReport {
    const notVisible: NotVisible[] = ["dns-names", "payload", "arp"];
    if (this.tally.flows === 0) notVisible.push("flows");
    const { path } = this.context;
    return this.tally.report({ path, format: this.format, sensor: this.sensor, notVisible });
  }

  override record(bytes: Uint8Array, begin: number, end: number): void {
    this.tally.records++;
    const event = readWindowsEvent(Buffer.from(bytes.subarray(begin, end)).toString());
    if (event === null) {
      this.refuse();
      return;
    }
    if (!this.tally.accept(event.atMs)) return;
    switch (event.isSysmon ? `sysmon ${event.id}` : String(event.id)) {
      case "sysmon 3":
        return this.#takeConnection(event);
      case "4624":
        return this.#takeLogon(event);
      case "4625":
        return this.#takeFailedLogon(event);
      case "4648":
        return this.#takeExplicitLogon(event);
      case "4740":
        return this.#takeLockout(event);
      case "5140":
      case "5145":
        return this.#takeShareAccess(event);
      case "7045":
      case "4697":
        return this.#takeNewService(event);
      default:
        this.tally.skipped.add("unused-event");
    }
  }

  /** Sysmon 3: a connection that came to be. Also tells which address a machine's name has. */
  #takeConnection(event: WindowsEvent): void {
    const row = this.#row;
    const protocol = Buffer.from(event.field("Protocol"));
    row.protocol = readProtocol(protocol, 0, protocol.length);
    row.source.set(parseAddress(event.field("SourceIp")));
    row.target.set(parseAddress(event.field("DestinationIp")));
    row.sourcePort = portOf(event.field("SourcePort"));
    row.targetPort = portOf(event.field("DestinationPort"));
    if (row.protocol === -1 || row.sourcePort === -1 || row.targetPort === -1) {
      this.tally.skipped.add("malformed");
      return;
    }
    if (!row.isBetweenHosts()) {
      this.tally.skipped.add("no-address");
      return;
    }
    const isInitiated = event.field("Initiated").toLowerCase() !== "false";
    this.#hosts.learn(event.computer, isInitiated ? row.source : row.target);
    row.startMs = event.atMs;
    row.durationMs = 0;
    row.outcome = OUTCOME_ANSWERED;
    row.direction = DIRECTION_SEEN;
    row.bytes = NOT_SEEN;
    row.packets = NOT_SEEN;
    row.bytesBack = NOT_SEEN;
    row.packetsBack = NOT_SEEN;
    this.tally.flows++;
    row.write(this.context.writer, this.sensor);
  }

  /** A network log-on may name the machine at the other end: the workstation has that address. */
  #takeLogon(event: WindowsEvent): void {
    const isNetwork = event.field("LogonType") === "3" && this.#readAddress(event.field("IpAddress"));
    if (isNetwork) this.#hosts.touch(event.computer, this.#cell, event.atMs);
    const workstation = event.field("WorkstationName");
    if (!isNetwork || workstation === "") {
      this.tally.skipped.add("unused-event");
      return;
    }
    this.#hosts.learn(workstation, this.#cell);
    const host = internCell(this.context.writer, this.#cell);
    const name = workstation.toLowerCase();
    this.context.writer.sight({ atMs: event.atMs, host, mac: "", from: "windows", name });
  }

  #takeFailedLogon(event: WindowsEvent): void {
    const source = this.#readAddress(event.field("IpAddress")) ? this.#intern() : NO_HOST;
    const accountHash = accountHashOf(event.field("TargetUserName"));
    const { atMs, computer } = event;
    // A local failure (console, run-as) has no address: the machine itself is where it was tried.
    const make = (own: HostIndex): Observation | null => {
      const from = source === NO_HOST ? own : source;
      return from === NO_HOST ? null : { kind: "logon-failed", atMs, source: from, target: own, accountHash };
    };
    if (source === NO_HOST) this.#hosts.observeOn(computer, make);
    else this.#hosts.observeNow(computer, make);
  }

  /** 4648 is written where the credentials are used: `source` is that machine, the target is named in the event. */
  #takeExplicitLogon(event: WindowsEvent): void {
    const targetName = event.field("TargetServerName").toLowerCase();
    const accountHash = accountHashOf(event.field("TargetUserName"));
    const { atMs } = event;
    const isRemote = targetName !== "" && targetName !== "localhost";
    // The address is that of the client when it logs on from elsewhere, so it can stand in for the machine.
    const client = new AddressCell();
    client.set(parseAddress(event.field("IpAddress")));
    const make = (own: HostIndex): Observation | null => {
      const stand = isUnicast(client) ? internCell(this.context.writer, client) : NO_HOST;
      const source = own === NO_HOST ? stand : own;
      const target = isRemote ? this.#hosts.find(targetName) : NO_HOST;
      return source === NO_HOST ? null : { kind: "logon-explicit", atMs, source, target, accountHash };
    };
    this.#hosts.observeOn(event.computer, make);
  }

  /** 4740 is written by the directory; the machine that caused it is named in TargetDomainName. */
  #takeLockout(event: WindowsEvent): void {
    const accountHash = accountHashOf(event.field("TargetUserName"));
    const { atMs } = event;
    this.#hosts.observeOn(event.field("TargetDomainName"), (source) =>
      source === NO_HOST ? null : { kind: "account-locked", atMs, source, accountHash },
    );
  }

  /** A named pipe that runs things opened on IPC$, or a program written to an admin share, by another machine. */
  #takeShareAccess(event: WindowsEvent): void {
    const how = event.id === 5145 ? shareAct(event) : null;
    if (how === null || !this.#readAddress(event.field("IpAddress"))) {
      this.tally.skipped.add("unused-event");
      return;
    }
    const source = this.#intern();
    const { atMs } = event;
    this.#hosts.observeNow(event.computer, (target) =>
      target === source ? null : { kind: "remote-execution", atMs, source, target, how },
    );
  }

  /**
   * A service was installed. The event does not say from where, so it is evidence only when the machine was logged on
   * to over the network just before; that is what the other events of the same machine tell.
   */
  #takeNewService(event: WindowsEvent): void {
    const source = this.#hosts.recentClient(event.computer, event.atMs);
    if (source === NO_HOST) {
      this.tally.skipped.add("unused-event");
      return;
    }
    const { atMs } = event;
    this.#hosts.observeNow(event.computer, (target) =>
      target === source ? null : { kind: "remote-execution", atMs, source, target, how: "service" },
    );
  }

  #readAddress(text: string): boolean {
    return this.#cell.set(parseAddress(text)) && isUnicast(this.#cell);
  }

  #intern(): HostIndex {
    return internCell(this.context.writer, this.#cell);
  }
}

function shareAct(event: WindowsEvent): RemoteAct | null {
  const share = event.field("ShareName");
  const name = event.field("RelativeTargetName");
  const mask = Number.parseInt(event.field("AccessMask"), 16) || 0;
  if (/[\\/]IPC\$$/i.test(share)) return actOfPipe(name);
  return isAdminShare(share) && isProgramName(name) && (mask & writeAccess) !== 0 ? "admin-share-write" : null;
}

/** -1 when it is no port. Sysmon leaves it empty for protocols without ports. */
function portOf(text: string): number {
  if (text === "" || text === "-") return 0;
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : -1;
}
