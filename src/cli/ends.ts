// Where every command writes: the process's own streams, or those of a test.

import type { Output } from "./terminal.ts";

export interface Streams {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export const processStreams: Streams = {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
};
