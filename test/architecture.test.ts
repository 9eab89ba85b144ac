import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('..', import.meta.url).pathname;

/** What each room may import besides itself. Type imports count. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'shared/model': [],
  'shared/exposure': ['shared/model'],
  'shared/readers': ['shared/exposure', 'shared/model'],
  'shared/controls': ['shared/exposure', 'shared/model'],
  'shared/remedies': ['shared/exposure', 'shared/model'],
  'shared/policy': ['shared/exposure', 'shared/model'],
  'shared/alerts': ['shared/controls', 'shared/exposure', 'shared/model'],
  'shared/reports': ['shared/controls', 'shared/exposure', 'shared/model'],
  'shared/pipeline': ['shared/controls', 'shared/remedies', 'shared/policy', 'shared/exposure', 'shared/model'],
  'shared/channels': ['shared/model'],
  'shared/aws': ['shared/readers', 'shared/exposure', 'shared/model'],
  'shared/catalogue': ['shared/controls', 'shared/readers', 'shared/aws/permissions.ts', 'shared/model'],
  'shared/catalogue.ts': [
    'shared/catalogue',
    'shared/controls',
    'shared/aws/permissions.ts',
    'shared/aws/ledger-table.ts',
  ],
  functions: ['shared'],
  cli: ['shared', 'infra/local', 'infra/build.ts', 'functions'],
  'infra/local': ['shared', 'functions', 'infra/build.ts'],
  infra: ['shared/catalogue.ts', 'shared/policy', 'shared/controls/registry.ts', 'shared/model'],
};

/** Rooms without an SDK, without `node:`, without the environment. */
const PURE = ['model', 'exposure', 'controls', 'policy', 'remedies', 'pipeline', 'alerts', 'reports', 'readers'].map(
  (room) => `shared/${room}`,
);

const ROOMS = Object.keys(MAY_IMPORT).toSorted((a, b) => b.length - a.length);
const isWithin = (file: string, place: string) => file === place || file.startsWith(`${place}/`);
const roomOf = (file: string) => ROOMS.find((room) => isWithin(file, room));

export const importsOf = (source: string): readonly string[] =>
  [
    ...source.matchAll(
      /(?:^|[\s;}])(?:import|export)\s*(?:type\s+)?(?:[\w*{][^;'"]*?from\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g,
    ),
  ].map(([, fixed, lazy]) => fixed ?? lazy ?? '');

interface Import {
  readonly file: string;
  readonly target: string;
}

/** Why an import is not allowed; undefined where it is. */
export const objection = ({ file, target }: Import): string | undefined => {
  const room = roomOf(file);
  if (room === undefined) return `${file} lies in no room of the design`;
  const isPure = PURE.includes(room);
  if (!target.startsWith('.')) {
    const outside = isPure && (target.startsWith('node:') || target.includes('@aws-sdk') || target.includes('@smithy'));
    return outside ? `${file} imports ${target}, but ${room} is pure` : undefined;
  }
  const resolved = path.posix.join(path.posix.dirname(file), target);
  if (roomOf(resolved) === room) return undefined;
  const allowed = (MAY_IMPORT[room] ?? []).some((place) => isWithin(resolved, place));
  return allowed ? undefined : `${file} imports ${resolved}, which ${room} must not`;
};

const files = ['shared', 'functions', 'infra', 'cli'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`),
);
const sources = files.map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }));

describe('the architecture', () => {
  it('lets imports go one way only', () => {
    const objections = sources.flatMap(({ file, text }) =>
      importsOf(text).flatMap((target) => objection({ file, target }) ?? []),
    );
    expect(objections).toEqual([]);
  });

  it('keeps the environment out of the pure rooms', () => {
    const guilty = sources.filter(
      ({ file, text }) => PURE.some((room) => isWithin(file, room)) && text.includes('process.'),
    );
    expect(guilty.map(({ file }) => file)).toEqual([]);
  });

  it.each([
    ['shared/model/rule.ts', "import { decide } from '../pipeline/decide.ts';"],
    ['shared/exposure/cidr.ts', "import type { Policy } from '../policy/compile.ts';"],
    ['shared/pipeline/look.ts', "import {\n  securityGroups,\n} from '../aws/security-groups.ts';"],
    ['shared/aws/ledger.ts', "export { decide } from '../pipeline/decide.ts';"],
    ['shared/controls/world-open-admin.ts', "const x = await import('../../functions/on-change.ts');"],
    ['shared/readers/fields.ts', "import { readFileSync } from 'node:fs';"],
    ['shared/alerts/alert.ts', "import { SNSClient } from '@aws-sdk/client-sns';"],
    ['infra/portcullis-stack.ts', "import { remediate } from '../shared/pipeline/remediate.ts';"],
    ['shared/odd/thing.ts', "import '../model/rule.ts';"],
  ])('objects to a planted upward import in %s', (file, text) => {
    expect(importsOf(text).map((target) => objection({ file, target }))).toEqual([expect.any(String)]);
  });
});
