import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stacksIn } from '../assembly.ts';
import { ASSEMBLIES, OTHER_REGION, SECOND } from '../surroundings.ts';
import { type LeftOut, writeDeployable } from './deployable.ts';
import { startGuardedAccount } from './guarded-account.ts';
import {
  attributesOfLocalIndex,
  deployForwarder,
  loggedLines,
  physicalIds,
  queuedMessages,
  refusalOf,
} from './ministack.ts';
import { REFUSED_RESOURCES } from './refused-resources.ts';

/** Outputs of a cell's stack. The first cell has the default name. */
interface Cell {
  readonly grantFunction: string;
  readonly switchParameter: string;
}

let account: Awaited<ReturnType<typeof startGuardedAccount>>;
let first: Cell;
let second: Cell;
const leftOut: LeftOut[] = [];

/** Measurements, printed at the end of the run. */
const measured: string[] = [];
function note(what: string, ms: number): void {
  return void measured.push(`${what}: ${Math.round(ms)} ms`);
}

/** Deploys a synthesised cell without the resources that MiniStack refuses. */
async function deploy(assembly: keyof typeof ASSEMBLIES, stack: string): Promise<Cell> {
  const begun = performance.now();
  const folder = path.join(account.scratch, assembly);
  leftOut.push(...writeDeployable(ASSEMBLIES[assembly], folder));
  const { GrantFunction = '', SwitchParameter = '' } = (await account.deploy(folder))[stack] ?? {};
  note(`deployment of ${stack}`, performance.now() - begun);
  return { grantFunction: GrantFunction, switchParameter: SwitchParameter };
}

/** Opens a port to the world. Resolves with the time until the port is closed, in ms. */
async function untilClosed(port: number, group = account.group): Promise<number> {
  const begun = performance.now();
  await group.open(port);
  await account.until(`port ${port} is closed`, async () => !(await group.openPorts()).includes(port));
  return performance.now() - begun;
}

/** Runs a command that must succeed, and returns its output. */
async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await account.cli(...args);
  expect([args, code, err]).toEqual([args, 0, '']);
  return out;
}

const REASON = ['--reason', 'a test of the emulators'];
const EXEMPT = ['--exempt-days', '1', '--owner', 'web@example.com'];

beforeAll(async () => {
  const python = process.env['MINISTACK_PYTHON'];
  if (!python) throw new Error('MINISTACK_PYTHON is not set: run this suite by `npm run test:emulators`');
  account = await startGuardedAccount(python);
  first = await deploy('plain', 'Portcullis');
});

afterAll(async () => {
  await account?.stop();
  const byEntry = Map.groupBy(leftOut, ({ entry }) => entry);
  const lines = Array.from(byEntry, ([{ what, because }, { length }]) => `left out: ${length} × ${what}. ${because}`);
  console.log([...lines, ...measured].join('\n'));
});

describe('a cell in MiniStack', () => {
  it('closes a port after the event of the opening was put on the bus', async () => {
    note('opened to closed, first invocation', await untilClosed(22));
    note('opened to closed, next invocation', await untilClosed(3306));
    expect(await account.group.openPorts()).toEqual([]);
  });

  it('restores a rule from the command line, with an exemption that keeps it open', async () => {
    const listed: { readonly lines: readonly { readonly id: string; readonly rules: readonly string[] }[] } =
      JSON.parse(await done('remediations', '--format', 'json'));
    const { id = '' } = listed.lines.find(({ rules }) => rules.some((rule) => rule.includes(' 22 '))) ?? {};
    const refused = await account.cli('restore', id, ...REASON);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('it would violate again')]);
    expect(await account.group.openPorts()).toEqual([]);
    await done('restore', id, ...REASON, ...EXEMPT);
    // The function handles one event at a time. When it closes a later opening, it has handled the
    // restoration, too.
    await untilClosed(5432);
    expect(await account.group.openPorts()).toEqual([22]);
  });

  it('leaves a rule open that the command line has exempted before', async () => {
    const terms = ['--days', '1', '--owner', 'web@example.com', ...REASON];
    await done('exempt', 'add', '--group', account.group.id, '--ports', '3389', ...terms);
    await account.group.open(3389);
    await untilClosed(5432);
    expect(await account.group.openPorts()).toEqual([22, 3389]);
    await account.group.close(22);
    await account.group.close(3389);
  });
});

describe('a second cell in the same account, with every option', () => {
  beforeAll(async () => {
    await account.createSecret();
    second = await deploy('full', SECOND.stack);
  });

  it('shares no resource with the first', async () => {
    const ofFirst = new Set(Object.values(await physicalIds(account.endpoint, 'Portcullis')));
    const ofSecond = Object.entries(await physicalIds(account.endpoint, SECOND.stack));
    expect(ofSecond.length).toBeGreaterThan(ofFirst.size);
    // An inline policy belongs to its role, so two cells may use the same name. MiniStack shows the name
    // without the role.
    const shared = ofSecond.filter(([logicalId, id]) => ofFirst.has(id) && !logicalId.includes('RoleDefaultPolicy'));
    expect(shared).toEqual([]);
  });

  it('closes a port, like the first, and records the rule once', async () => {
    await untilClosed(6379);
    expect(await closersOf(6379)).toHaveLength(1);
  });

  it('closes a port while the first is stopped by its runtime switch', async () => {
    const hold = ['--mode', 'alert', '--for', '1h', '--parameter', first.switchParameter];
    await done('break-glass', ...hold, ...REASON);
    // A function reads its switch every 15 seconds.
    await sleep(15_000);
    note('opened to closed by the second cell', await untilClosed(11211));
    expect(await closersOf(11211)).toEqual([second]);
  });

  it('restores a rule from the command line, and reports the removal to the chat channel and to Security Hub', async () => {
    const [newest] = await account.remediations(second.grantFunction);
    await done('restore', newest?.id ?? '', '--function', second.grantFunction, ...REASON, ...EXEMPT);
    await untilClosed(5432);
    expect(await account.group.openPorts()).toEqual([11211]);
    await account.until('the channel is told', async () =>
      account.slack.messages.some(({ text }) => text?.startsWith('Closed tcp/11211')),
    );
    expect(account.findings().map(({ Title }) => Title)).toContain('world-open-cache: security group web');
  });
});

/** The cells whose ledger has the removal of a port. Waits until there is one. */
async function closersOf(port: number): Promise<readonly Cell[]> {
  let closers: readonly Cell[] = [];
  await account.until(`the removal of port ${port} is on record`, async () => {
    closers = await closersNow(port);
    return closers.length > 0;
  });
  return closers;
}

async function closersNow(port: number): Promise<readonly Cell[]> {
  const cells = [first, second].map(async (cell) => {
    const lines = await account.remediations(cell.grantFunction);
    return lines.some(({ status, rules }) => status === 'done' && rules.some((rule) => rule.includes(` ${port} `)))
      ? [cell]
      : [];
  });
  return (await Promise.all(cells)).flat();
}

describe('a region beside the home region', () => {
  it('is open without a forwarder', async () => {
    await account.groupElsewhere.open(9200);
    await untilClosed(5432);
    expect(await account.groupElsewhere.openPorts()).toEqual([9200]);
  });

  it('is guarded through the forwarder of the second cell’s StackSet', async () => {
    const [cell] = stacksIn(ASSEMBLIES.full);
    if (cell === undefined) throw new Error('The second cell has no stack');
    const forwarder = { cell: cell.name, template: cell.template, region: OTHER_REGION };
    expect(await deployForwarder(account.endpoint, forwarder)).toBe('CREATE_COMPLETE');
    note('opened to closed, through a forwarder', await untilClosed(27017, account.groupElsewhere));
  });
});

describe('both cells', () => {
  it('have no failed function, no lost event and no waiting message', async () => {
    await account.until('every queue is empty', async () =>
      Object.values(await queuedMessages(account.endpoint)).every((waiting) => waiting === 0),
    );
    const lines = await loggedLines(account.endpoint);
    const invoked = [
      'Portcullis-on-change',
      'Portcullis-on-grant',
      'PortcullisTwo-on-change',
      'PortcullisTwo-on-alert',
    ];
    const silent = invoked.filter((name) => !lines.some((line) => line.includes(`:function:${name}:`)));
    expect(silent).toEqual([]);
    expect(lines.filter((line) => line.includes('"level":"ERROR"'))).toEqual([]);
    expect(account.lostEvents).toEqual([]);
  });
});

describe('a local index of a table', () => {
  it('is still limited to its projection, so the deployed table has whole items in it', async () => {
    expect(
      await attributesOfLocalIndex(account.endpoint),
      'MiniStack reads all attributes from the table now: remove withWholeIndexes.',
    ).toEqual(['current', 'record', 'subject']);
  });
});

describe('resources that the templates omit', () => {
  it.each(REFUSED_RESOURCES)('MiniStack still refuses $what', async (entry) => {
    const example = leftOut.find((one) => one.entry === entry);
    if (example === undefined) throw new Error(`No template has ${entry.what} any more: remove the entry.`);
    const stack = `Probe${REFUSED_RESOURCES.indexOf(entry)}`;
    const refusal = await refusalOf(account.endpoint, stack, example.resource);
    expect(refusal, `MiniStack deploys ${entry.what} now: remove the entry.`).toMatch(entry.refusal);
  });
});
