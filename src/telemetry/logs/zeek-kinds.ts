// The Zeek logs besides conn, a record's fields in, observations out: dns, smb_files, smb_mapping, dce_rpc, notice.
// Names, paths and operations are looked at and forgotten; only what is evidence is kept.

import { NO_HOST, type HostIndex, type Millis } from "../../model/units.ts";
import type { Observation } from "../../model/observation.ts";
import type { DecoderContext, NotVisible } from "../decoder.ts";
import { AddressCell, type FieldSet } from "./lines-fields.ts";
import { RenameCounter } from "./lines-renames.ts";
import { internCell, isUnicast } from "./lines-row.ts";
import type { LogTally } from "./lines-tally.ts";
import { ZeekConn } from "./zeek-conn.ts";
import type { ZeekKind } from "./zeek-kind.ts";
import type { ZeekFormat } from "./zeek-paths.ts";
import { isAdminShare, isProgramName } from "../remote-acts.ts";
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

/** Time and the two ends, as all these logs have them. */
class Ends {
  atMs: Millis = 0;
  readonly source = new AddressCell();
  readonly target = new AddressCell();
  readonly #context: DecoderContext;
  readonly #tally: LogTally;

  constructor(context: DecoderContext, tally: LogTally) {
    this.#context = context;
    this.#tally = tally;
  }

  /** Reads them; false, and counted, when the time is not usable. */
  read(fields: FieldSet): boolean {
    this.atMs = fields.timeMs(TS);
    fields.address(ORIG_HOST, this.source);
    fields.address(RESP_HOST, this.target);
    return this.#tally.accept(this.atMs);
  }

  sourceHost(): HostIndex {
    return isUnicast(this.source) ? internCell(this.#context.writer, this.source) : NO_HOST;
  }

  targetHost(): HostIndex {
    return isUnicast(this.target) ? internCell(this.#context.writer, this.target) : NO_HOST;
  }
}

class ZeekDns implements ZeekKind {
  readonly format = "zeek-dns";
  readonly names = [...baseNames, ["query"]];
  readonly #context: DecoderContext;
  readonly #tally: LogTally;
  readonly #ends: Ends;

  constructor(context: DecoderContext, tally: LogTally) {
    this.#context = context;
    this.#tally = tally;
    this.#ends = new Ends(context, tally);
  }

  notVisible(): NotVisible[] {
    return ["flows", "payload", "arp"];
  }

  take(fields: FieldSet): void {
    if (!this.#ends.read(fields)) return;
    const name = fields.text(3).toLowerCase().replace(/\.$/, "");
    if (name === "" || !this.#context.isWatchedName(name)) {
      this.#tally.skipped.add("unused-event");
      return;
    }
    const source = this.#ends.sourceHost();
    if (source === NO_HOST) this.#tally.skipped.add("no-address");
    else this.#context.writer.observe({ kind: "name-lookup", atMs: this.#ends.atMs, source, name });
  }
}

/** smb_files and smb_mapping: renames counted per client, programs written to admin shares. */
class ZeekSmb implements ZeekKind {
  readonly format = "zeek-smb";
  readonly names = [...baseNames, ["action"], ["path"], ["name"], ["size"]];
  readonly #context: DecoderContext;
  readonly #tally: LogTally;
  readonly #ends: Ends;
  readonly #renames: RenameCounter;

  constructor(context: DecoderContext, tally: LogTally) {
    this.#context = context;
    this.#tally = tally;
    this.#ends = new Ends(context, tally);
    this.#renames = new RenameCounter(context.writer);
  }

  notVisible(): NotVisible[] {
    return ["flows", "dns-names", "arp"];
  }

  take(fields: FieldSet): void {
    const ends = this.#ends;
    if (!ends.read(fields)) return;
    const action = fields.text(3);
    if (action === "SMB::FILE_RENAME") {
      this.#addRename();
      return;
    }
    // Most sensors log openings only; a program opened on an admin share that is empty there is about to be written.
    const isWrite = action === "SMB::FILE_WRITE" || (action === "SMB::FILE_OPEN" && fields.integer(6) === 0);
    if (isWrite && isAdminShare(fields.text(4)) && isProgramName(fields.text(5))) this.#observeWrite();
    else this.#tally.skipped.add("unused-event");
  }

  end(): void {
    this.#renames.end();
  }

  #observeWrite(): void {
    const source = this.#ends.sourceHost();
    const target = this.#ends.targetHost();
    if (source === NO_HOST || target === NO_HOST) this.#tally.skipped.add("no-address");
    else {
      const { atMs } = this.#ends;
      this.#context.writer.observe({ kind: "remote-execution", atMs, source, target, how: "admin-share-write" });
    }
  }

  #addRename(): void {
    const { source, target, atMs } = this.#ends;
    if (isUnicast(source) && isUnicast(target)) this.#renames.add(atMs, source, target);
    else this.#tally.skipped.add("no-address");
  }
}

class ZeekDceRpc implements ZeekKind {
  readonly format = "zeek-dce-rpc";
  readonly names = [...baseNames, ["endpoint"], ["operation"]];
  readonly #context: DecoderContext;
  readonly #tally: LogTally;
  readonly #ends: Ends;

  constructor(context: DecoderContext, tally: LogTally) {
    this.#context = context;
    this.#tally = tally;
    this.#ends = new Ends(context, tally);
  }

  notVisible(): NotVisible[] {
    return ["flows", "dns-names", "arp"];
  }

  take(fields: FieldSet): void {
    if (!this.#ends.read(fields)) return;
    const how = dceRpcAct(fields.text(3), fields.text(4));
    if (how === null) {
      this.#tally.skipped.add("unused-event");
      return;
    }
    const source = this.#ends.sourceHost();
    const target = this.#ends.targetHost();
    if (source === NO_HOST || target === NO_HOST) this.#tally.skipped.add("no-address");
    else this.#context.writer.observe({ kind: "remote-execution", atMs: this.#ends.atMs, source, target, how });
  }
}

class ZeekNotice implements ZeekKind {
  readonly format = "zeek-notice";
  readonly names = [...baseNames, ["note"], ["src"], ["dst"], ["p", "id.resp_p", "id_resp_p"]];
  readonly #context: DecoderContext;
  readonly #tally: LogTally;
  readonly #ends: Ends;

  constructor(context: DecoderContext, tally: LogTally) {
    this.#context = context;
    this.#tally = tally;
    this.#ends = new Ends(context, tally);
  }

  notVisible(): NotVisible[] {
    return ["flows", "dns-names", "payload", "arp"];
  }

  take(fields: FieldSet): void {
    const ends = this.#ends;
    if (!ends.read(fields)) return;
    const note = fields.text(3);
    // `src` and `dst` are the actor and the other one; the connection's ends stand in when they are unset.
    if (fields.has(4)) fields.address(4, ends.source);
    if (fields.has(5)) fields.address(5, ends.target);
    const source = ends.sourceHost();
    if (note === "" || source === NO_HOST) {
      this.#tally.skipped.add(note === "" ? "bad-line" : "no-address");
      return;
    }
    const port = fields.integer(6);
    const alert: Observation = {
      kind: "alert",
      atMs: ends.atMs,
      source,
      target: ends.targetHost(),
      targetPort: port >= 0 && port <= 65_535 ? port : 0,
      signature: note.slice(0, 200),
      severity: 2,
      sensorName: this.#context.path,
    };
    this.#context.writer.observe(alert);
  }
}

/** A log that is known and holds nothing that is used. */
class ZeekOther implements ZeekKind {
  readonly format = "zeek-other";
  readonly names = baseNames;
  readonly #tally: LogTally;
  readonly #ends: Ends;

  constructor(context: DecoderContext, tally: LogTally) {
    this.#tally = tally;
    this.#ends = new Ends(context, tally);
  }

  notVisible(): NotVisible[] {
    return ["flows", "dns-names", "payload", "arp"];
  }

  take(fields: FieldSet): void {
    if (this.#ends.read(fields)) this.#tally.skipped.add("unused-event");
  }
}
