// `cordon doctor FILE… | --listen HOST:PORT`: how healthy the exporters are, what of the map is never seen, and the command
// that mends each. Exit codes: 0 nothing found, 1 something found, 2 usage, 3 no exporter heard.

import { type Command, InvalidArgumentError, Option } from "commander";
import { systemClock, type Clock, systemTimer, type Timer } from "../kit/clock.ts";
import { parseCidr } from "../model/address.ts";
import { HostTable } from "../model/host-table.ts";
import { collectFiles, examine, listenForExports, type NamedCidr, SegmentWatch } from "../telemetry/collect.ts";
import { doctorPage, type Heard, inputLines } from "./doctor-page.ts";
import { processStreams, type Streams } from "./ends.ts";
import { exitUsage } from "./exit-usage.ts";
import { readMapFile } from "./map-and-baseline.ts";
import { screenOf } from "./terminal.ts";

export const exitHealthy = 0;
export const exitFindings = 1;
export const exitNothingHeard = 3;

const secondsDefault = 60;
/** How often live batches are handed on. */
const tickMs = 1_000;

/** The process's own ends, or those of a test. */
export interface DoctorEnds extends Streams {
  readonly clock: Clock;
  readonly timer: Timer;
  /** Ends listening early. */
  readonly signal?: AbortSignal;
}

export interface DoctorFlags {
  readonly output: "text" | "json";
  readonly listen?: { readonly host: string; readonly port: number };
  readonly seconds?: number;
  readonly map?: string;
  /** False after --no-color. */
  readonly color?: boolean;
}

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .summary("say what is wrong with the flow exports, and the command that mends it")
    .argument("[files...]", "captures or files with NetFlow, IPFIX or sFlow in them")
    .addOption(new Option("-o, --output <form>", "form of the result").choices(["text", "json"]).default("text"))
    .option("--listen <host:port>", "listen for exports instead of reading files", parseHostPort)
    .option("--seconds <number>", `how long to listen (default ${secondsDefault})`, parseSeconds)
    .option("--map <file>", "the hospital map: segments that are never seen are named")
    .option("--no-color", "no colours (also with NO_COLOR)")
    .addHelpText("after", "\nExit codes: 0 nothing found, 1 something found, 2 usage, 3 no exporter heard")
    .action(async (files: string[], flags: DoctorFlags) => {
      const stop = new AbortController();
      process.once("SIGINT", () => stop.abort());
      process.exitCode = await runDoctor(files, flags, { ...processEnds, signal: stop.signal });
    });
}

const processEnds: DoctorEnds = {
  ...processStreams,
  clock: systemClock,
  timer: systemTimer,
};

export async function runDoctor(files: readonly string[], flags: DoctorFlags, ends: DoctorEnds): Promise<number> {
  if (files.length > 0 === (flags.listen !== undefined)) {
    ends.stderr.write("Cannot examine: the source must be files or --listen HOST:PORT, got both or neither\n");
    return exitUsage;
  }
  let segments: readonly NamedCidr[] = [];
  if (flags.map !== undefined) {
    try {
      segments = await readSegments(flags.map, ends);
    } catch (error) {
      ends.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return exitUsage;
    }
  }
  const heard = flags.listen === undefined ? await readAll(files, segments) : await hearLive(flags, segments, ends);
  if (typeof heard === "string") {
    ends.stderr.write(`${heard}\n`);
    return exitUsage;
  }
  if (flags.output === "json") ends.stdout.write(`${JSON.stringify(doctorResult(heard), null, 2)}\n`);
  else {
    const screen = screenOf(ends.stdout, ends.environment, flags.color !== false);
    ends.stdout.write(`${doctorPage(heard, screen).join("\n")}\n`);
  }
  if (!heard.sensors.some(({ exporter }) => exporter !== undefined)) return exitNothingHeard;
  return heard.findings.length === 0 ? exitHealthy : exitFindings;
}

/** The JSON form: sensors and findings as they are. */
function doctorResult(heard: Heard): object {
  return {
    schema: "cordon.doctor/1",
    inputs: heard.inputs.map(({ path, format, carries, flows, skipped, error }) => ({
      path,
      format,
      carries,
      flows,
      skipped,
      error,
    })),
    exporters: heard.sensors.filter(({ exporter }) => exporter !== undefined),
    findings: heard.findings,
    remarks: heard.remarks,
  };
}

async function readSegments(path: string, ends: DoctorEnds): Promise<NamedCidr[]> {
  const map = await readMapFile(path, ends.clock.nowMs());
  return map.segments.flatMap(({ id, cidrs }) =>
    cidrs.flatMap((text) => {
      const cidr = parseCidr(text);
      return cidr === null ? [] : [{ name: id, cidr }];
    }),
  );
}

async function readAll(files: readonly string[], segments: readonly NamedCidr[]): Promise<Heard> {
  const hosts = new HostTable();
  const watch = new SegmentWatch(segments, hosts);
  const { inputs } = await collectFiles(files, { hosts, watchedNames: new Set() }, (batch) => watch.note(batch));
  const sensors = inputs.flatMap((input) => input.sensors);
  return { inputs, sensors, findings: examine(sensors, watch.views()), remarks: inputs.flatMap(inputLines) };
}

/** Listens for the time asked. Gives a sentence when the address cannot be had. */
async function hearLive(flags: DoctorFlags, segments: readonly NamedCidr[], ends: DoctorEnds): Promise<Heard | string> {
  const hosts = new HostTable();
  const watch = new SegmentWatch(segments, hosts);
  const { clock, timer, signal } = ends;
  const { host, port } = flags.listen ?? { host: "", port: 0 };
  let failure: string | null = null;
  const opened = await listenForExports({
    host,
    port,
    clock,
    hosts,
    onBatch: (batch) => watch.note(batch),
    onError: (because) => {
      failure = because;
    },
  });
  if (!opened.ok) return opened.because;
  const { listener } = opened;
  const seconds = flags.seconds ?? secondsDefault;
  ends.stderr.write(`Listening on ${listener.host}:${listener.port} for ${seconds} s (Ctrl-C ends it early)\n`);
  const untilMs = clock.nowMs() + seconds * 1_000;
  while (clock.nowMs() < untilMs && signal?.aborted !== true && failure === null) {
    await timer.wait(Math.min(tickMs, untilMs - clock.nowMs()), signal);
    listener.tick();
  }
  const drops = listener.kernelDrops();
  await listener.close();
  const sensors = listener.sensors();
  const remarks = [
    `${listener.datagrams} datagrams came, ${listener.foreignDatagrams} of them no export`,
    `the kernel gave a receive buffer of ${listener.receiveBufferBytes} bytes`,
    ...(drops === null || drops === 0 ? [] : [`the kernel dropped ${drops} datagrams: raise net.core.rmem_max`]),
    ...(failure === null ? [] : [`the socket failed: ${String(failure)}`]),
  ];
  return { inputs: [], sensors, findings: examine(sensors, watch.views()), remarks };
}

function parseHostPort(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new InvalidArgumentError("It must be HOST:PORT, as in 127.0.0.1:2055");
  return { host: match[1] ?? match[2], port };
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86_400)) throw new InvalidArgumentError("It must be a number from 1 to 86400");
  return seconds;
}
