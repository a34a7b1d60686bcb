// Makes sure the pinned Node and the packages are there, then hands over to a TypeScript entry file.
// Runs on old Node (18 and later) and needs no package, since it is what installs them.
//
//   node bin/boot.mjs [--dev] ENTRY.ts [ARGUMENT ...]      --dev also installs what tests and linting need
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const RUNTIME_MAJOR_MIN = 24;

/** Installs the locked packages when they are missing or older than the lock file. */
export function ensureInstalled(withDevelopment) {
  const wanted = createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex");
  const stamps = withDevelopment ? ["development"] : ["development", "running"];
  const stampFile = (kind) => join(modules, ".cordon", kind);
  const isFresh = (kind) => existsSync(stampFile(kind)) && readFileSync(stampFile(kind), "utf8") === wanted;
  if (stamps.some(isFresh)) return;
  const flags = ["ci", "--no-audit", "--no-fund", "--loglevel=error", ...(withDevelopment ? [] : ["--omit=dev"])];
  const startMs = Date.now();
  process.stderr.write(`Installing the packages that ${withDevelopment ? "testing" : "running"} needs (npm ci), once …\n`);
  const npm = spawnSync("npm", flags, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (npm.error || npm.status !== 0) {
    const reason = npm.error ? npm.error.message : `npm ended with code ${npm.status}`;
    process.stderr.write(`Cannot install the packages: ${reason}. Check the access to the npm registry, then try again\n`);
    process.exit(1);
  }
  mkdirSync(join(modules, ".cordon"), { recursive: true });
  writeFileSync(stampFile(withDevelopment ? "development" : "running"), wanted);
  process.stderr.write(`Installed in ${((Date.now() - startMs) / 1000).toFixed(1)} s.\n`);
}

/** The Node to run on: the pinned one from the packages, else this one when it is recent enough. */
export function runtimePath() {
  const pinned = join(modules, ".bin", "node");
  if (existsSync(pinned) && spawnSync(pinned, ["--version"]).status === 0) return pinned;
  if (Number(process.versions.node.split(".")[0]) >= RUNTIME_MAJOR_MIN) return process.execPath;
  process.stderr.write(
    `Cannot start: Node must be version ${RUNTIME_MAJOR_MIN} or later on ${process.platform}-${process.arch}, got ${process.versions.node}. ` +
      "The pinned Node ships for Linux on x64 and arm64 only; install Node 24 and try again\n",
  );
  process.exit(1);
}

/** Runs a TypeScript entry on the pinned Node, with this terminal, and ends with its exit code. */
export function handOver(entry, argv, withDevelopment) {
  ensureInstalled(withDevelopment);
  const environment = { ...process.env, PATH: `${join(modules, ".bin")}:${process.env.PATH ?? ""}` };
  const child = spawn(runtimePath(), [join(root, entry), ...argv], { stdio: "inherit", env: environment });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 128 + 15 : (code ?? 1)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const argv = process.argv.slice(2);
  const withDevelopment = argv[0] === "--dev";
  if (withDevelopment) argv.shift();
  const entry = argv.shift();
  if (!entry) {
    process.stderr.write("Usage: node bin/boot.mjs [--dev] ENTRY.ts [ARGUMENT ...]\n");
    process.exit(2);
  }
  handOver(entry, argv, withDevelopment);
}
