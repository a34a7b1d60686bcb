#!/usr/bin/env node
// The `cordon` command: hands over to src/main.ts on the pinned Node. Runs on old Node.
import { handOver } from "./boot.mjs";

handOver("src/main.ts", process.argv.slice(2), false);
