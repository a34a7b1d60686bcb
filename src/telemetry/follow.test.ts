import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rowsOf, zeekTsv } from "../../test/logs/read-log.ts";
import { HostTable } from "../model/host-table.ts";
import { follow, Follower, type FollowOptions } from "./follow.ts";

let folder = "";
let seen: number[] = [];
let reports: { path: string; error: string | null }[] = [];
let follower: Follower;

const fields = ["ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "conn_state", "history"];
const line = (second: number): string => `${second}.0\t10.0.0.1\t50000\t10.0.0.9\t445\ttcp\tS0\tS\n`;
const log = (...seconds: number[]): string => zeekTsv("conn", fields, []) + seconds.map(line).join("");

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-follow-"));
  seen = [];
  reports = [];
  follower = new Follower([folder], options(), (batch) =>
    seen.push(...rowsOf(batch, hosts).map(({ atMs }) => atMs / 1000)),
  );
});
afterEach(async () => {
  await follower.close();
  await rm(folder, { recursive: true, force: true });
});

const hosts = new HostTable();
const options = (): FollowOptions => ({
  hosts,
  watchedNames: new Set(),
  sleep: () => Promise.resolve(),
  isStopped: () => false,
  onReport: (report) => reports.push({ path: report.path, error: report.error }),
});
const path = (name: string): string => join(folder, name);

async function look(): Promise<number[]> {
  seen = [];
  await follower.look();
  return seen;
}

describe("following a folder", () => {
  test("a file that grows is read on, a line at a time", async () => {
    await writeFile(path("conn.log"), log(1));
    expect(await look()).toEqual([1]);
    expect(await look()).toEqual([]);
    await appendFile(path("conn.log"), line(2) + line(3).slice(0, 10));
    expect(await look()).toEqual([2]);
    await appendFile(path("conn.log"), line(3).slice(10));
    expect(await look()).toEqual([3]);
  });

  test("a rotated file is read to its end under its new name, and the new one from its start", async () => {
    await writeFile(path("conn.log"), log(1));
    expect(await look()).toEqual([1]);
    await appendFile(path("conn.log"), line(2));
    await rename(path("conn.log"), path("conn-old.log"));
    await writeFile(path("conn.log"), log(3));
    expect((await look()).sort()).toEqual([2, 3]);
    await writeFile(path("conn-old.log.gz"), gzipSync(log(1, 2)));
    await rm(path("conn-old.log"));
    expect(await look()).toEqual([]);
  });

  test("a file that is truncated, or written anew in place, is read from its start", async () => {
    await writeFile(path("conn.log"), log(1, 2));
    expect(await look()).toEqual([1, 2]);
    await truncate(path("conn.log"), 0);
    await appendFile(path("conn.log"), log(7));
    expect(await look()).toEqual([7]);
    await writeFile(
      path("conn.log"),
      `#separator \\x09\n#set_separator\t;\n${log(8, 9, 10).split("\n").slice(2).join("\n")}`,
    );
    expect(await look()).toEqual([8, 9, 10]);
  });

  test("new files are taken up, unfinished headers are waited for, foreign files are told once", async () => {
    await writeFile(path("note.txt"), "x".repeat(70_000));
    await writeFile(path("conn.log"), log(1).slice(0, 30));
    expect(await look()).toEqual([]);
    await appendFile(path("conn.log"), log(1).slice(30));
    await writeFile(path("conn2.log"), log(2));
    expect((await look()).sort()).toEqual([1, 2]);
    await look();
    const errors = reports.filter(({ error }) => error !== null);
    expect(errors).toHaveLength(1);
    expect(errors[0].error).toContain("text that is none of them");
  });

  test("compressed files that are there at the beginning are read", async () => {
    await writeFile(path("conn-1.log.gz"), gzipSync(log(1, 2)));
    await writeFile(path("conn.log"), log(3));
    expect((await look()).sort()).toEqual([1, 2, 3]);
    expect(await look()).toEqual([]);
  });

  test("follow() looks until it is told to stop, and then reports every file", async () => {
    await writeFile(path("conn.log"), log(1));
    const rows: number[] = [];
    let looks = 0;
    const sleep = async (): Promise<void> => {
      looks++;
      await appendFile(path("conn.log"), line(looks + 1));
    };
    await follow([folder], { ...options(), sleep, isStopped: () => looks >= 4 }, (batch) => {
      rows.push(...rowsOf(batch, hosts).map(({ atMs }) => atMs / 1000));
    });
    expect(rows).toEqual([1, 2, 3, 4]);
    expect(reports).toEqual([{ path: path("conn.log"), error: null }]);
  });
});
