// The `cordon` command. Only the module of the subcommand that was asked is loaded, so that each starts fast; help and
// misspelt words load them all.

import { Command, CommanderError } from "commander";
import { exitUsage } from "./cli/exit-usage.ts";

type Add = (program: Command) => void;

const subcommands: Readonly<Record<string, () => Promise<Add>>> = {
  start: async () => (await import("./cli/start.ts")).addStart,
  inspect: async () => (await import("./cli/inspect.ts")).addInspect,
  simulate: async () => (await import("./cli/simulate.ts")).addSimulate,
  plan: async () => (await import("./cli/plan.ts")).addPlan,
  walls: async () => (await import("./cli/walls.ts")).addWalls,
  map: async () => (await import("./cli/map.ts")).addMap,
  doctor: async () => (await import("./cli/doctor.ts")).addDoctor,
};

async function createProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command("cordon")
    .description(
      "The sanitary cordon for a hospital's network: sees what spreads, says who was first, and rehearses what comes next.",
    )
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError("(cordon --help says more)");
  const asked = argv.find((argument) => !argument.startsWith("-"));
  const isKnown = asked !== undefined && Object.hasOwn(subcommands, asked);
  for (const name of isKnown ? [asked] : Object.keys(subcommands)) {
    const add = await subcommands[name]();
    add(program);
  }
  for (const command of program.commands) overrideExit(command); // inner commands too
  return program;
}

function overrideExit(command: Command): void {
  command.exitOverride().showHelpAfterError("(add --help to see what may follow)");
  for (const inner of command.commands) overrideExit(inner);
}

async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`cordon inspect … | head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  const program = await createProgram(argv);
  if (argv.length === 0) {
    program.outputHelp();
    return;
  }
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : exitUsage;
  }
}

await main(process.argv.slice(2));
