import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { documentedControl } from '../../cli/commands/explain.ts';
import { bundleCommandLine, bundleFunction, entryPointsIn, markPure } from '../../infra/build/bundle.ts';
import { FUNCTIONS, ENVIRONMENT as SETTINGS } from '../../shared/catalogue.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Outcome } from '../../shared/domain/decision.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { type Request, handler as stockHandler } from './fixture-function.ts';
import { recordingEndpoint } from './recording-endpoint.ts';

const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

const RULE: Rule = {
  id: 'sgr-1',
  groupId: 'sg-1',
  direction: 'ingress',
  protocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  description: 'ssh & "more" ünïcode',
};

const OUTCOME: Outcome = {
  plan: {
    id: 'plan-1',
    at: 0,
    decision: {
      group: { id: 'sg-1', name: 'web', tags: {} },
      rules: [RULE],
      otherRuleCount: 0,
      findings: [],
      mode: 'enforce',
      remedy: 'revoke',
      limits: [],
    },
    change: {
      id: 'event-1',
      call: 'AuthorizeSecurityGroupIngress',
      trigger: 'rules-added',
      scope: { by: 'group-id', ids: ['sg-1'] },
      added: { kind: 'unknown' },
      at: 0,
      account: '111122223333',
      region: 'eu-central-1',
    },
    steps: [],
    undo: [],
  },
  status: 'done',
  removed: [RULE],
  alreadyGone: [],
  changed: [],
  at: 0,
};

const REQUEST: Request = {
  scope: { by: 'default-group-of-vpc', vpcIds: ['vpc-1'] },
  step: { do: 'revoke', groupId: 'sg-1', direction: 'ingress', rules: [RULE] },
  outcome: OUTCOME,
};

const LAMBDA = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'fixture',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:fixture',
  memoryLimitInMB: '128',
  awsRequestId: 'request',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 900_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

const directory = mkdtempSync(path.join(tmpdir(), 'portcullis-bundle-'));
let metafile: Metafile;

beforeAll(async () => {
  metafile = await bundleFunction({ index: 'test/infra/fixture-function.ts' }, directory);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

function inputs() {
  return Object.keys(metafile.inputs);
}
function modules() {
  return readdirSync(directory).filter((file) => file.endsWith('.mjs'));
}

/** Bytes that load at start: the entry point and everything that it imports statically. */
function eagerBytes(built: Metafile, folder: string): number {
  const outputs = new Map(Object.entries(built.outputs).map(([file, output]) => [path.basename(file), output]));
  const pending = ['index.mjs'];
  for (const file of pending) {
    const imports = outputs.get(file)?.imports ?? [];
    for (const { path: imported, kind } of imports) {
      const next = path.basename(imported);
      if (kind === 'import-statement' && outputs.has(next) && !pending.includes(next)) pending.push(next);
    }
  }
  return pending.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
}

describe('the bundle of a function', () => {
  it('sends the same requests as the unbundled SDK, and reads the same answers', async () => {
    const endpoint = await recordingEndpoint();
    for (const [name, value] of Object.entries({ ...ENVIRONMENT, AWS_ENDPOINT_URL: endpoint.url }))
      vi.stubEnv(name, value);
    const { handler: leanHandler }: { handler: typeof stockHandler } = await import(
      /* @vite-ignore */ pathToFileURL(path.join(directory, 'index.mjs')).href
    );
    const stock = { results: await stockHandler(REQUEST, LAMBDA), requests: endpoint.take() };
    const lean = { results: await leanHandler(REQUEST, LAMBDA), requests: endpoint.take() };
    await endpoint.close();
    expect(stock.requests).toHaveLength(16);
    expect(lean).toEqual(stock);
  });

  it('contains no schemas of calls that the function never makes', () => {
    const text = modules()
      .map((file) => readFileSync(path.join(directory, file), 'utf8'))
      .join('');
    expect(text).toContain('RevokeSecurityGroupIngress');
    expect(text).not.toContain('RunInstancesRequest');
    expect(text).not.toContain('DescribeTransitGateways');
  });

  it('loads less than 320 KB at start', () => {
    expect(eagerBytes(metafile, directory)).toBeLessThan(320_000);
  });

  it('loads the clients of later calls on demand', () => {
    const eager = readFileSync(path.join(directory, 'index.mjs'), 'utf8');
    expect(eager).toMatch(/import\("\.\/ledger-\w+\.mjs"\)/);
    expect(eager).toMatch(/import\("\.\/sns-\w+\.mjs"\)/);
    expect(eager).toMatch(/import\("\.\/ssm-\w+\.mjs"\)/);
    expect(eager).toMatch(/import\("\.\/lambda-\w+\.mjs"\)/);
  });

  it('contains the SDK, and neither a schema library nor the credential chain', () => {
    expect(inputs()).toContain('node_modules/@aws-sdk/client-ec2/dist-es/EC2Client.js');
    expect(
      inputs().filter((file) => /node_modules\/(zod|yaml|@aws-sdk\/credential-provider-(?!env))/.test(file)),
    ).toEqual([]);
  });

  it('uses the ES modules of the SDK, which allow tree shaking', () => {
    expect(inputs().filter((file) => /@(aws-sdk|smithy)\/.*dist-cjs/.test(file))).toEqual([]);
  });

  it('never calls require, which an ES module does not have', () => {
    for (const file of modules())
      expect(readFileSync(path.join(directory, file), 'utf8')).not.toContain('Dynamic require of');
  });

  it('has source maps', () => {
    expect(readdirSync(directory)).toContain('index.mjs.map');
    expect(readFileSync(path.join(directory, 'index.mjs'), 'utf8')).toContain('//# sourceMappingURL=index.mjs.map');
  });

  it('keeps the names of errors, which logs show', () => {
    const text = modules()
      .map((file) => readFileSync(path.join(directory, file), 'utf8'))
      .join('');
    expect(text).toMatch(/"CallFailed"/);
  });
});

describe.each(Object.values(FUNCTIONS))('the bundle of $name', ({ name, folder }) => {
  const outdir = path.join(directory, name);

  let sources: readonly string[] = [];
  beforeAll(async () => {
    sources = Object.keys((await bundleFunction(entryPointsIn(folder), outdir)).inputs);
    writeFileSync(path.join(outdir, 'policy.json'), '{"controls":{},"alerts":{"routes":[]}}');
  });

  it('starts with the settings of the stack, and without a schema library', async () => {
    expect(sources.filter((file) => /node_modules\/(zod|yaml|aws-cdk-lib)\//.test(file))).toEqual([]);
    for (const variable of Object.values(SETTINGS)) vi.stubEnv(variable, 'set');
    const module: unknown = await import(/* @vite-ignore */ pathToFileURL(path.join(outdir, 'index.mjs')).href);
    expect(module).toHaveProperty('handler', expect.any(Function));
  });

  it('exports its factory, which reads nothing from the process', async () => {
    vi.unstubAllEnvs();
    const module: unknown = await import(/* @vite-ignore */ pathToFileURL(path.join(outdir, 'handler.mjs')).href);
    expect(module).toHaveProperty('create', expect.any(Function));
  });
});

describe('the bundle of on-change', () => {
  const outdir = path.join(directory, 'on-change-alone');
  let onChange: Metafile;
  beforeAll(async () => {
    onChange = await bundleFunction(entryPointsIn(FUNCTIONS.onChange.folder), outdir);
  });

  const parts = () => readdirSync(outdir).filter((file) => file.endsWith('.mjs'));

  /** Sources that load at start. */
  const eagerSources = (): readonly string[] => {
    const entry = Object.keys(onChange.outputs).find((file) => path.basename(file) === 'index.mjs') ?? '';
    const pending = [entry];
    for (const file of pending)
      for (const { path: imported, kind } of onChange.outputs[file]?.imports ?? [])
        if (kind === 'import-statement' && imported in onChange.outputs && !pending.includes(imported))
          pending.push(imported);
    return pending.flatMap((file) => Object.keys(onChange.outputs[file]?.inputs ?? {}));
  };

  it('contains no call that grants anything', () => {
    const granting = Object.keys(onChange.inputs).filter((file) =>
      /^shared\/adapters\/aws\/(ec2\/(authorize|grants)|cells\/grant-cell)/.test(file),
    );
    expect(granting).toEqual([]);
    const text = readdirSync(outdir)
      .filter((file) => file.endsWith('.mjs'))
      .map((file) => readFileSync(path.join(outdir, file), 'utf8'))
      .join('');
    const commands = new Set(text.match(/"\w+Command"/g));
    expect(commands).toContain('"RevokeSecurityGroupIngressCommand"');
    expect([...commands].filter((name) => /"(Authorize|Modify|Create|Delete(?!Item))/.test(name))).toEqual([]);
  });

  it('imports no chunk that an earlier import loads already', () => {
    const text = readFileSync(path.join(outdir, 'index.mjs'), 'utf8');
    const [head = ''] = /^(?:import[^;]*;)*/.exec(text) ?? [];
    const imports = Array.from(head.matchAll(/import([^"]*)"\.\/([^"]+)";/g), ([, names, part = '']) => ({
      names,
      part,
    }));
    const graph = new Map(
      Object.entries(onChange.outputs).map(([file, output]) => [
        path.basename(file),
        output.imports.filter(({ kind }) => kind === 'import-statement').map((one) => path.basename(one.path)),
      ]),
    );
    const added = new Set<string>();
    const repeated: string[] = [];
    for (const { names, part } of imports) {
      if (names === '' && added.has(part)) repeated.push(part);
      const pending = [part];
      for (const file of pending) {
        if (added.has(file)) continue;
        added.add(file);
        pending.push(...(graph.get(file) ?? []));
      }
    }
    expect(repeated).toEqual([]);
    expect(imports.length).toBeGreaterThan(1);
  });

  it('has source maps that point to the source', () => {
    for (const [file, code, source] of [
      ['index.mjs', 'AbortSignal.timeout', 'functions/runtime/lambda.ts'],
      [
        parts().find((name) => name.startsWith('eventbridge-')) ?? '',
        'EventBusName:',
        'shared/adapters/aws/eventbridge.ts',
      ],
    ] as const) {
      const [text, map] = ['', '.map'].map((suffix) => readFileSync(path.join(outdir, `${file}${suffix}`), 'utf8'));
      const entry = new SourceMap(JSON.parse(map ?? '')).findEntry(0, text?.indexOf(code) ?? 0);
      if (!('originalSource' in entry)) throw new Error(`${file}: nothing is mapped`);
      expect(entry.originalSource).toContain(source);
      const lines = readFileSync(path.resolve(outdir, entry.originalSource), 'utf8').split('\n');
      expect(lines[entry.originalLine]?.slice(entry.originalColumn)).toMatch(new RegExp(`^${code}`));
    }
  });

  it('contains no documentation of a control, which a call at the top level of `docs` would keep', async () => {
    const code = parts()
      .map((name) => readFileSync(path.join(outdir, name), 'utf8'))
      .join('');
    const docs = await Promise.all(CONTROLS.map(async ({ id }) => await documentedControl(id)));
    const opening = docs.map(({ docs: { why } }) => /^[\w ,;]{7,}/.exec(why)?.[0]);
    expect(opening).not.toContain(undefined);
    expect(opening.filter((words = '') => code.includes(words))).toEqual([]);
  });

  it('loads at start neither the code of on-grant nor the clients of other functions', () => {
    const eager = eagerSources();
    const clients = new Set(eager.flatMap((file) => /@aws-sdk\/client-(\w+)/.exec(file)?.[1] ?? []));
    expect(eager).toContain('shared/remediation/remediate.ts');
    expect(
      eager.filter((file) =>
        /^shared\/(actions\/(answer|dispatch)|workflows\/(common\/grant|migration\/(run|take-back)))/.test(file),
      ),
    ).toEqual([]);
    expect(eagerBytes(onChange, outdir)).toBeLessThan(455_000);
    expect([...clients]).toEqual(['ec2']);
  });
});

describe('the bundle of the command line', () => {
  it('runs without other files, and finds credentials in a profile', async () => {
    const outdir = path.join(directory, 'cli');
    await bundleCommandLine('test/infra/fixture-command.ts', outdir);
    const credentials = path.join(directory, 'credentials');
    writeFileSync(credentials, '[shop]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = secret\n');
    const output = execFileSync(process.execPath, [path.join(outdir, 'portcullis.js')], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: credentials },
    });
    expect(output).toMatch(/^\d+ groups, key AKIDPROFILE\n$/);
  });
});

describe('markPure', () => {
  it('wraps only schemas, in one line or in several', () => {
    const source =
      'const _a = "a";\nexport var A$ = [3, n0, _a];\nvar L = [1, n0,\n  { [_x]: `y` }\n];\nvar M = 64 | 0;\nregistry.add(A$, [1]);\n';
    expect(markPure(source)).toBe(
      'const _a = "a";\nexport var A$ = /* @__PURE__ */ (() => [3, n0, _a])();\nvar L = /* @__PURE__ */ (() => [1, n0,\n  { [_x]: `y` }\n])();\nvar M = 64 | 0;\nregistry.add(A$, [1]);\n',
    );
  });
});
