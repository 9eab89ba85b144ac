import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Grant, PERMISSIONS } from '../../shared/aws/permissions.ts';

const AWS = join(import.meta.dirname, '../../shared/aws');
const FILES = readdirSync(AWS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** IAM's prefix of each client's service. */
const SERVICES: Readonly<Record<string, string>> = {
  '@aws-sdk/client-ec2': 'ec2',
  '@aws-sdk/client-lambda': 'lambda',
  '@aws-sdk/client-dynamodb': 'dynamodb',
  '@aws-sdk/client-sns': 'sns',
  '@aws-sdk/client-ssm': 'ssm',
};

/** Where the code of a port method begins. A method's calls are those of this file and of all that it imports. */
const ENTRIES: Readonly<Record<keyof typeof PERMISSIONS, string>> = {
  // A look by itself, and what the looks of a sweep share.
  'groups.look': 'list-groups.ts',
  'functions.list': 'facts/functions.ts',
  'groups.revoke': 'revoke.ts',
  'ledger.reserve': 'ledger-reserve.ts',
  'ledger.settle': 'ledger-settle.ts',
  'ledger.entries': 'ledger-entries.ts',
  'ledger.unsettled': 'ledger-entries.ts',
  'notices.publish': 'notices.ts',
  'switch.ceiling': 'switch.ts',
};

interface Import {
  readonly from: string;
  readonly names: readonly string[];
}

const importsOf = (source: string): readonly Import[] =>
  Array.from(source.matchAll(/import (?!type)\{([^}]*)\} from '([^']+)'/g), ([, names = '', from = '']) => ({
    from,
    names: names
      .split(',')
      .flatMap((name) => (name.trim() === '' || name.trim().startsWith('type ') ? [] : [name.trim()])),
  }));

/** The exported function of a file, by name, or the file as a whole: declarations are separated by lines that begin a new one. */
const declarations = (source: string): ReadonlyMap<string, string> =>
  new Map(
    source
      .split(/\n(?=(?:export )?(?:async )?(?:function|const) )/)
      .map((text) => [/(?:function|const) (\w+)/.exec(text)?.[1] ?? '', text] as const),
  );

/** Commands constructed in the named declarations of a file, in those they use, and in what they import. */
function commandsIn(file: string, names: readonly string[] | 'all', seen = new Set<string>()): ReadonlySet<string> {
  const source = readFileSync(join(AWS, file), 'utf8');
  const parts = declarations(source);
  const imports = importsOf(source);
  const found = new Set<string>();
  const pending = names === 'all' ? [...parts.keys()] : [...names];
  for (const name of pending) {
    const text = parts.get(name);
    if (text === undefined || seen.has(`${file}#${name}`)) continue;
    seen.add(`${file}#${name}`);
    const words = new Set(text.match(/\w+/g));
    pending.push(...[...parts.keys()].filter((other) => words.has(other)));
    for (const { from, names: imported } of imports) {
      const used = imported.filter((word) => words.has(word));
      const service = SERVICES[from];
      if (service)
        for (const word of used) if (word.endsWith('Command')) found.add(`${service}:${word.replace(/Command$/, '')}`);
      const neighbour = from.startsWith('.') ? normalize(join(dirname(file), from)) : '..';
      if (!neighbour.startsWith('..')) for (const command of commandsIn(neighbour, used, seen)) found.add(command);
    }
  }
  return found;
}

const allowed = (grants: readonly Grant[]): readonly string[] => grants.flatMap((grant) => grant.actions).toSorted();

describe('the table of permissions', () => {
  it.each(Object.entries(ENTRIES))('allows %s exactly the calls that its code makes', (method, file) => {
    const grants: Readonly<Record<string, readonly Grant[]>> = PERMISSIONS;
    expect(allowed(grants[method] ?? [])).toEqual([...commandsIn(file, 'all')].toSorted());
  });

  it('covers every command that the adapters import', () => {
    const commands = FILES.flatMap((file) =>
      importsOf(readFileSync(join(AWS, file), 'utf8')).flatMap(({ from, names }) =>
        names
          .filter((name) => name.endsWith('Command'))
          .map((name) => `${SERVICES[from]}:${name.replace(/Command$/, '')}`),
      ),
    );
    const granted = new Set(Object.values(PERMISSIONS).flatMap((grants: readonly Grant[]) => allowed(grants)));
    expect(new Set(commands)).toEqual(granted);
  });

  it('knows the service of every client that is imported', () => {
    const clients = FILES.flatMap((file) =>
      importsOf(readFileSync(join(AWS, file), 'utf8')).flatMap(({ from }) =>
        from.startsWith('@aws-sdk/') ? [from] : [],
      ),
    );
    expect(Object.keys(SERVICES)).toEqual(expect.arrayContaining([...new Set(clients)]));
  });

  it('has no way to open anything', () => {
    const actions = Object.values(PERMISSIONS).flatMap((grants: readonly Grant[]) => allowed(grants));
    expect(actions.filter((action) => /Authorize|Modify|Create|Delete|\*/.test(action))).toEqual([]);
  });
});
