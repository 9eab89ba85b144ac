#!/usr/bin/env node
import { run } from './run.ts';
import { processTerminal } from './terminal.ts';

/** The oldest release that has what the command line uses (`Map.groupBy`, `Array.fromAsync`). */
const OLDEST = 22;

if (Number.parseInt(process.versions.node, 10) < OLDEST) {
  console.error(
    `portcullis: Node ${OLDEST} or later is needed, this is ${process.version}; npx portcullis uses the one that npm installed`,
  );
  process.exitCode = 2;
} else {
  process.exitCode = await run(process.argv.slice(2), processTerminal());
}
