// Makes sure the pinned Node and the packages are there, then hands over to a TypeScript entry file.
// Runs on old Node (18 and later) and needs no package, since it is what installs them.
//
//   node bin/boot.mjs [--dev] ENTRY.ts [ARGUMENT ...]      --dev also installs what tests and linting need
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const RUNTIME_MAJOR_MIN = 24;

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** Whether a package of the lock file is for another platform than this one. */
function isForeign({ os, cpu, libc }) {
  // A list or a single word, as the package's author wrote it.
  const isOther = (wanted, here) => wanted !== undefined && ![wanted].flat().includes(here);
  return isOther(os, process.platform) || isOther(cpu, process.arch) || isOther(libc, "glibc");
}

/**
 * Packages that are missing, or not as locked. npm writes node_modules/.package-lock.json last, after all packages are in
 * place, whoever called it; so an installation made by hand counts too, and an interrupted one does not.
 */
export function missingPackages(withDevelopment) {
  const wanted = readJson(join(root, "package-lock.json"));
  if (wanted === null) return ["package-lock.json"];
  const present = readJson(join(modules, ".package-lock.json"))?.packages ?? {};
  const missing = [];
  for (const [path, locked] of Object.entries(wanted.packages)) {
    if (path === "" || isForeign(locked) || ((locked.dev || locked.devOptional) && !withDevelopment)) continue;
    const isAsLocked = present[path]?.version === locked.version && present[path]?.integrity === locked.integrity;
    if (!isAsLocked && !locked.optional) missing.push(path);
    if (!isAsLocked && locked.optional && path.startsWith("node_modules/node-linux-")) missing.push(path);
  }
  return missing;
}

/** Installs the locked packages when some are missing. What tests need is kept when it is there already. */
export function ensureInstalled(withDevelopment) {
  if (missingPackages(withDevelopment).length === 0) return;
  const hasDevelopment = existsSync(join(modules, ".bin", "vitest"));
  const omit = withDevelopment || hasDevelopment ? [] : ["--omit=dev"];
  const startMs = Date.now();
  const purpose = omit.length === 0 ? "testing" : "running";
  process.stderr.write(`Installing the packages that ${purpose} needs (npm ci), once …\n`);
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error", ...omit], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (npm.error || npm.status !== 0) {
    const reason = npm.error ? npm.error.message : `npm ended with code ${npm.status}`;
    process.stderr.write(
      `Cannot install the packages: npm ci must succeed, got: ${reason}. Check the access to the npm registry, then try again\n`,
    );
    process.exit(1);
  }
  process.stderr.write(`Installed in ${((Date.now() - startMs) / 1000).toFixed(1)} s.\n`);
}

/** The Node to run on: the pinned one from the packages, else this one when it is recent enough; null when neither is. */
export function runtimePath() {
  const pinned = join(modules, ".bin", "node");
  if (existsSync(pinned)) return pinned;
  return Number(process.versions.node.split(".")[0]) >= RUNTIME_MAJOR_MIN ? process.execPath : null;
}

function refuseRuntime(found) {
  process.stderr.write(
    `Cannot start: Node must be version ${RUNTIME_MAJOR_MIN} or later on ${process.platform}-${process.arch}, got ${found}. ` +
      `The pinned Node ships for Linux (glibc) on x64 and arm64 only; install Node ${RUNTIME_MAJOR_MIN} and try again\n`,
  );
  process.exit(1);
}

/** Runs a TypeScript entry on the pinned Node, with this terminal, and ends as it ends. */
export function handOver(entry, argv, withDevelopment) {
  ensureInstalled(withDevelopment);
  const runtime = runtimePath();
  if (runtime === null) refuseRuntime(process.versions.node);
  const environment = { ...process.env, PATH: `${join(modules, ".bin")}:${process.env.PATH ?? ""}` };
  // Types are stripped once and kept: starting takes less than half the time. Where this cannot be written, nothing breaks.
  if (!withDevelopment) environment.NODE_COMPILE_CACHE ??= join(modules, ".cache", "cordon");
  const child = spawn(runtime, [join(root, entry), ...argv], { stdio: "inherit", env: environment });
  // On a C library that the pinned Node was not built for, starting it fails.
  child.on("error", (error) => refuseRuntime(error.message));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)));
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
