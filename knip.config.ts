import type { KnipConfig } from 'knip';

/** `knip --production` ignores tests: it reports code that only tests use. The entries that end with `!` are its roots. */
const isProduction = process.argv.includes('--production');

export default {
  entry: [
    'functions/*/index.ts!',
    'functions/*/handler.ts!',
    'cli/portcullis.ts!',
    'cli/demo/main.ts!',
    'infra/app.ts!',
    'infra/generate/*.ts!',
    'shared/controls/*.ts!',
    // The clock of the embedded account in tests, which run in virtual time.
    'infra/local/time/virtual-clock.ts!',
    'test/**/*.test.ts',
    'test/bench/*.ts',
    'test/moto/vitest.config.ts',
    'test/emulators/vitest.config.ts',
    'test/mutation/*.ts',
    'test/infra/fixture-*.ts',
  ],
  project: ['{functions,shared,infra,cli}/**/*.ts!', 'test/**/*.ts'],
  // Tests may import what its own file uses as well; without them, such an export has no other user.
  ignoreExportsUsedInFile: isProduction,
  // Tests read the embedded cell's ledger by its name.
  ...(isProduction && { ignoreIssues: { 'infra/local/cell/run-cell.ts': ['exports' as const] } }),
} satisfies KnipConfig;
