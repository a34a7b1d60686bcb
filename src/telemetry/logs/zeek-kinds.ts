// The Zeek logs besides conn, a record's fields in, observations out: dns, smb_files, smb_mapping, dce_rpc, notice.
// Names, paths and operations are looked at and forgotten; only what is evidence is kept.

import { NO_HOST, type HostIndex, type Millis } from "../../model/units.ts";
import type { Observation } from "../../model/observation.ts";
import type { DecoderContext, NotVisible } from "../decoder.ts";
import { AddressCell, type FieldSet } from "./lines-fields.ts";
import { alertPort, alertSignature, watchableName } from "./lines-news.ts";
import { RenameCounter } from "./lines-renames.ts";
import { internCell, isUnicast } from "./lines-row.ts";
import type { LogTally } from "./lines-tally.ts";
import { ZeekConn } from "./zeek-conn.ts";
import type { ZeekKind } from "./zeek-kind.ts";
import type { ZeekFormat } from "./zeek-paths.ts";
import { isAdminShare, isProgramName, type RemoteAct } from "../remote-acts.ts";
import { dceRpcAct } from "./zeek-remote.ts";

export function createZeekKind(format: ZeekFormat, context: DecoderContext, tally: LogTally): ZeekKind {
  switch (format) {
    case "zeek-conn":
      return new ZeekConn(context, tally);
    case "zeek-dns":
      return new ZeekDns(context, tally);
    case "zeek-smb":
      return new ZeekSmb(context, tally);
    case "zeek-dce-rpc":
      return new ZeekDceRpc(context, tally);
    case "zeek-notice":
      return new ZeekNotice(context, tally);
    case "zeek-other":
      return new ZeekOther(context, tally);
  }
}

const TS = 0;
const ORIG_HOST = 1;
const RESP_HOST = 2;
const baseNames = [["ts"], ["id.orig_h", "id_orig_h"], ["id.resp_h", "id_resp_h"]];

/** A log whose records have a time and two ends, as all these have. */
abstract class TwoEndedKind implements ZeekKind {
  abstract readonly format: ZeekFormat;
  abstract readonly names: ZeekKind["names"];
  protected readonly context: DecoderContext;
  protected readonly tally: LogTally;
  protected readonly source = new AddressCell();
  protected readonly target = new AddressCell();
  protected atMs: Millis = 0;

  constructor(context: DecoderContext, tally: LogTally) {
    this.context = context;
    this.tally = tally;
  }

  take(fields: FieldSet): void {
    this.atMs = fields.timeMs(TS);
    fields.address(ORIG_HOST, this.source);
    fields.address(RESP_HOST, this.target);
    if (this.tally.accept(this.atMs)) this.takeRest(fields);
  }

  abstract notVisible(): NotVisible[];

  /** Takes the fields after the ends; the time is usable. */
  protected abstract takeRest(fields: FieldSet): void;

  protected sourceHost(): HostIndex {
    return isUnicast(this.source) ? internCell(this.context.writer, this.source) : NO_HOST;
  }

  protected targetHost(): HostIndex {
    return isUnicast(this.target) ? internCell(this.context.writer, this.target) : NO_HOST;
  }

  /** The source ran something on the target. */
  protected observeAct(how: RemoteAct): void {
    const [source, target] = [this.sourceHost(), this.targetHost()];
    if (source === NO_HOST || target === NO_HOST) this.tally.skipped.add("no-address");
    else this.context.writer.observe({ kind: "remote-execution", atMs: this.atMs, source, target, how });
  }
}

class ZeekDns extends TwoEndedKind {
  override readonly format = "zeek-dns";
  override readonly names = [...baseNames, ["query"]];

  override notVisible(): NotVisible[] {
    return ["flows", "payload", "arp"];
  }

  protected override takeRest(fields: FieldSet): void {
    const name = watchableName(fields.text(3));
    if (name === "" || !this.context.isWatchedName(name)) {
      this.tally.skipped.add("unused-event");
      return;
    }
    const source = this.sourceHost();
    if (source === NO_HOST) this.tally.skipped.add("no-address");
    else this.context.writer.observe({ kind: "name-lookup", atMs: this.atMs, source, name });
  }
}

/** smb_files and smb_mapping: renames counted per client, programs written to admin shares. */
class ZeekSmb extends TwoEndedKind {
  override readonly format = "zeek-smb";
  override readonly names = [...baseNames, ["action"], ["path"], ["name"], ["size"]];
  readonly #renames: RenameCounter;

  constructor(context: DecoderContext, tally: LogTally) {
    super(context, tally);
    this.#renames = new RenameCounter(context.writer);
  }

  override notVisible(): NotVisible[] {
    return ["flows", "dns-names", "arp"];
  }

  protected override takeRest(fields: FieldSet): void {
    const action = fields.text(3);
    if (action === "SMB::FILE_RENAME") {
      this.#addRename();
      return;
    }
    // Most sensors log openings only; a program opened on an admin share that is empty there is about to be written.
    const isWrite = action === "SMB::FILE_WRITE" || (action === "SMB::FILE_OPEN" && fields.integer(6) === 0);
    if (isWrite && isAdminShare(fields.text(4)) && isProgramName(fields.text(5))) this.observeAct("admin-share-write");
    else this.tally.skipped.add("unused-event");
  }

  end(): void {
    this.#renames.end();
  }

  #addRename(): void {
    const { source, target, atMs } = this;
    if (isUnicast(source) && isUnicast(target)) this.#renames.add(atMs, source, target);
    else this.tally.skipped.add("no-address");
  }
}

class ZeekDceRpc extends TwoEndedKind {
  override readonly format = "zeek-dce-rpc";
  override readonly names = [...baseNames, ["endpoint"], ["operation"]];

  override notVisible(): NotVisible[] {
    return ["flows", "dns-names", "arp"];
  }

  protected override takeRest(fields: FieldSet): void {
    const how = dceRpcAct(fields.text(3), fields.text(4));
    if (how === null) this.tally.skipped.add("unused-event");
    else this.observeAct(how);
  }
}

class ZeekNotice extends TwoEndedKind {
  override readonly format = "zeek-notice";
  override readonly names = [...baseNames, ["note"], ["src"], ["dst"], ["p", "id.resp_p", "id_resp_p"]];

  override notVisible(): NotVisible[] {
    return ["flows", "dns-names", "payload", "arp"];
  }

  protected override takeRest(fields: FieldSet): void {
    const note = fields.text(3);
    // `src` and `dst` are the actor and the other one; the connection's ends stand in when they are unset.
    if (fields.has(4)) fields.address(4, this.source);
    if (fields.has(5)) fields.address(5, this.target);
    const source = this.sourceHost();
    if (note === "" || source === NO_HOST) {
      this.tally.skipped.add(note === "" ? "bad-line" : "no-address");
      return;
    }
    const port = fields.integer(6);
    const alert: Observation = {
      kind: "alert",
      atMs: this.atMs,
      source,
      target: this.targetHost(),
      targetPort: alertPort(port),
      signature: alertSignature(note),
      severity: 2,
      sensorName: this.context.path,
    };
    this.context.writer.observe(alert);
  }
}

/** A log that is known and holds nothing that is used. */
class ZeekOther extends TwoEndedKind {
  override readonly format = "zeek-other";
  override readonly names = baseNames;

  override notVisible(): NotVisible[] {
    return ["flows", "dns-names", "payload", "arp"];
  }

  protected override takeRest(): void {
    this.tally.skipped.add("unused-event");
  }
}
