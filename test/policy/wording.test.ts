import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/parts/documentation.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import { PolicyInvalid } from '../../shared/domain/errors.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { controlOptions } from '../../shared/policy/control-options.ts';
import { caseText } from '../../shared/policy/control-page.ts';
import { editPorts, holdsAny, NO_PORTS, readPorts } from '../../shared/policy/notation.ts';
import { didYouMean } from '../../shared/policy/schema/issues.ts';
import { compileTiers, readTierSource } from '../../shared/policy/schema/tiers.ts';
import { serviceOwner } from '../../shared/policy/service-owned.ts';
import { SHAPES } from './shapes.ts';

function compile(...lines: readonly string[]) {
  return compilePolicy(['version: 1', ...lines].join('\n'), 'portcullis.yaml', CONTROLS);
}

function problems(...lines: readonly string[]): readonly string[] {
  try {
    compile(...lines);
    return [];
  } catch (error) {
    if (error instanceof PolicyInvalid) return error.problems.map((text) => text.replace('portcullis.yaml:', ''));
    throw error;
  }
}

const NO_MODE = 'expected a mode (off, observe, alert, approve, enforce)';

function tiers(...lines: readonly string[]) {
  return ['tiers:', '  tag: tier', '  layers:', ...lines.map((line) => `    ${line}`)];
}

describe('a value of the wrong type', () => {
  it.each([
    ['mode: {a: 1}', `2: mode: ${NO_MODE}, not a map`],
    ['mode: [a]', `2: mode: ${NO_MODE}, not a list`],
    ['mode:', `2: mode: ${NO_MODE}, not nothing`],
    [`mode: ${'x'.repeat(58)}`, `2: mode: ${NO_MODE}, not "${'x'.repeat(58)}"`],
    [`mode: ${'x'.repeat(59)}`, `2: mode: ${NO_MODE}, not "${'x'.repeat(59)}…`],
    [
      'controls: {world-open-admin: {ports: {remove: 22}}}',
      '2: controls.world-open-admin.ports.remove: expected a list of ports, not 22',
    ],
    ['controls: {world-open-admin: {ports: {add: []}}}', undefined],
    [
      'controls: {world-open-protocol: {allowed: 50}}',
      '2: controls.world-open-protocol.allowed: expected a list of words, not 50',
    ],
    [
      'controls: {world-open-protocol: {allowed: [""]}}',
      '2: controls.world-open-protocol.allowed.0: expected a word, not ""',
    ],
    ['tiers: {tag: tier}', '2: tiers.layers: missing, expected a map of layers'],
    ['tiers: {layers: {web: {from: [10.0.0.0/8]}}}', '2: tiers.tag: missing, expected a tag key'],
    [
      'tiers: {tag: tier, layers: {web: {from: [10.0.0.0/8], within: yes}}}',
      '2: tiers.layers.web.within: expected true or false, not "yes"',
    ],
    [
      'tiers: {tag: tier, layers: {web: {form: [10.0.0.0/8]}}}',
      '2: tiers.layers.web.from: missing, expected a list of sources',
    ],
    [
      'tiers: {tag: tier, layers: {web: {from: [""]}}}',
      '2: tiers.layers.web.from.0: expected a layer, world, a CIDR block, sg-… or pl-…, not ""',
    ],
    [
      'tiers: {tag: tier, layers: {web: {from: [10.0.0.0/8], ports: []}}}',
      '2: tiers.layers.web.ports: expected at least one port, not a list',
    ],
  ])('%j is explained', (line, problem) => {
    expect(problems(line)[0]).toBe(problem);
  });
});

describe('ports in a policy', () => {
  it('end at 65535', () => {
    const ports = (text: string) =>
      compile(`controls: {world-open-admin: {ports: ["${text}"]}}`).controls['world-open-admin'];
    expect(ports('65000-65535')).toMatchObject({ ports: { tcp: [{ from: 65_000, to: 65_535 }], udp: [] } });
    expect(ports('udp/65535')).toMatchObject({ ports: { tcp: [], udp: [{ from: 65_535, to: 65_535 }] } });
    expect(problems('controls: {world-open-admin: {ports: ["1-65536"]}}')).toHaveLength(1);
  });

  it('can be added or removed separately', () => {
    const ports = (edit: string) =>
      compile(`controls: {world-open-everything: {publicPorts: ${edit}}}`).controls['world-open-everything'];
    expect(ports('{add: [udp/53]}')).toMatchObject({
      publicPorts: { udp: expect.arrayContaining([{ from: 53, to: 53 }]) },
    });
    const range = (from: number) => ({ from, to: from });
    expect(ports('{remove: [80]}')).toMatchObject({ publicPorts: { tcp: [range(443)], udp: [range(443)] } });
  });
});

describe('a policy', () => {
  it('keeps a control that is off only for fresh rules', () => {
    expect(compile('controls: {world-open-admin: {fresh: off}}').controls).toHaveProperty(
      'world-open-admin.fresh',
      'off',
    );
  });

  it('gives the tier map only to tier-source', () => {
    const { controls } = compile(...tiers('web: {from: [10.0.0.0/8]}'));
    const having = Object.entries(controls).flatMap(([id, options]) => ('tiers' in options ? [id] : []));
    expect(having).toEqual(['tier-source']);
  });

  it('names the services that own groups by default', () => {
    const group = { id: 'sg-1', name: 'awseb-x', tags: {} };
    const policy = compile('serviceOwned: {names: [awseb-*]}');
    const excepting = (except: readonly string[]) => ({ serviceOwned: { ...policy.serviceOwned, except } });
    expect(serviceOwner(group, excepting(['sg-2', 'other-*']))).toBeDefined();
    expect(serviceOwner(group, excepting(['sg-2', 'sg-1']))).toBeUndefined();
    expect(serviceOwner(group, excepting(['awseb-?', 'awseb-*']))).toBeUndefined();
  });

  it('accepts only text keys', () => {
    expect(problems('? [a]', ': b')).toContain('2: not YAML: With stringKeys, all keys must be strings');
  });
});

it('a case shows all tags and blocks', () => {
  const peer = { id: 'sg-2', name: 'app', tags: { tier: 'app', owner: 'ann' } };
  const rules = [ingress('tcp', 22, 'pl-1', ['10.0.0.0/8', '192.168.0.0/16']), ingress('tcp', 22, 'sg-2')];
  const facts = { vpcCidrs: ['10.0.0.0/16', '10.1.0.0/16'], peers: new Map([['sg-2', peer]]) };
  expect(caseText({ title: 'a case', rules, facts })[0]).toBe(
    'in a VPC of 10.0.0.0/16, 10.1.0.0/16, sg-2 is there tagged tier=app, tagged owner=ann, pl-1 holds 10.0.0.0/8, 192.168.0.0/16',
  );
  expect(caseText({ title: 'a case', rules: [ingress('tcp', 22, 'pl-1')] })).toEqual(['ingress tcp 22 from pl-1']);
});

describe('invalid entries', () => {
  it('leave ports as they are', () => {
    expect([readPorts('ssh'), readPorts('9-8'), readPorts(22)]).toEqual([
      undefined,
      undefined,
      { protocol: 'tcp', range: { from: 22, to: 22 } },
    ]);
    expect(editPorts(NO_PORTS, ['ssh', 22])).toEqual({ tcp: [{ from: 22, to: 22 }], udp: [] });
    expect(holdsAny({ tcp: [{ from: 20, to: 30 }], udp: [] }, 'ssh')).toBe(false);
    expect(compileTiers({ tag: 'tier', layers: { web: { from: ['nowhere', 'world'] } } })).toMatchObject({
      layers: { web: { from: [{ kind: 'world' }] } },
      everywhere: [],
    });
  });

  it('leave a default as it is; without default ports a list starts empty', () => {
    const shape = SHAPES[0];
    if (shape === undefined) throw new Error('there is no shape');
    expect(controlOptions(shape, 'guard', { fresh: undefined })).toEqual(shape.defaults);
    expect(controlOptions(shape, 'guard', { more: { add: [22] } })).toMatchObject({
      more: { tcp: [{ from: 22, to: 22 }] },
    });
  });
});

describe('a hint', () => {
  it('exists for words of up to 100 letters', () => {
    const long = 'x'.repeat(100);
    expect(didYouMean(long, [long])).toBe(` (did you mean ${long}?)`);
    expect(didYouMean(`${long}x`, [`${long}x`])).toBe('');
  });

  it('names the nearest word, ignoring case', () => {
    expect(didYouMean('OBSERV', ['reserve', 'observe', 'serve'])).toBe(' (did you mean observe?)');
    expect(didYouMean('abc', ['xyz'])).toBe('');
    expect(didYouMean('ab', ['cd'])).toBe(' (did you mean cd?)');
  });
});

describe('a source of a layer', () => {
  it.each([
    ['world', { kind: 'world' }],
    ['web', { kind: 'layer', name: 'web' }],
    ['sg-01234567', { kind: 'id', id: 'sg-01234567' }],
    ['pl-0123456789abcdef0', { kind: 'id', id: 'pl-0123456789abcdef0' }],
    ['10.0.0.0/8', { kind: 'cidr', cidr: '10.0.0.0/8' }],
    ['sg-0123456', undefined],
    ['xsg-01234567', undefined],
    ['sg-0123456789abcdef01', undefined],
    ['sg-0123456z', undefined],
    ['10.0.0.0/33', undefined],
  ])('%s is read as %j', (text, source) => {
    expect(readTierSource(text, new Set(['web']))).toEqual(source);
  });
});

it('a source that is not a text is a programming error and is rethrown', () => {
  expect(() => readTierSource(null as never, new Set())).toThrow(TypeError);
});

describe('a tier map that contradicts the policy', () => {
  it.each([
    [
      'web: {from: [world, 10.0.0.0/8]}',
      '5: tiers.layers.web.from: lets the world in on every port: list the ports, such as ports: [80, 443]',
    ],
    [
      'db: {from: [10.0.0.0/8, world], ports: [5432]}',
      '5: tiers.layers.db.from: lets the world into db: a data layer should only trust the layer that uses it, such as app',
    ],
    [
      'web: {from: [world], ports: [22]}',
      '5: tiers.layers.web.ports: lets the world in on tcp 22, which world-open-admin closes',
    ],
    [
      'web: {from: [12.0.0.0/8], ports: [443]}',
      '5: tiers.layers.web.from.0: 12.0.0.0/8 is the world: write world, and list the ports',
    ],
    [
      'web: {from: ["2600::/16"], ports: [443]}',
      '5: tiers.layers.web.from.0: 2600::/16 is the world: write world, and list the ports',
    ],
    ['web: {from: [12.0.0.0/9], ports: [22]}', undefined],
    ['web: {from: [world], ports: [80, udp/443]}', undefined],
    ['web-pl-1: {from: [10.0.0.0/8]}', undefined],
    [
      'world: {from: [10.0.0.0/8]}',
      '5: tiers.layers.world: "world" is not a valid layer name: use letters, digits, dots, dashes and underscores; world and ids are reserved',
    ],
  ])('%s', (layer, problem) => {
    expect(problems(...tiers(layer))[0]).toBe(problem);
  });

  it('lists every port range that a control closes', () => {
    expect(problems(...tiers('web: {from: [world], ports: [22, 5900-5903, 3000]}'))).toEqual([
      '5: tiers.layers.web.ports: lets the world in on tcp 22, tcp 5900-5903, which world-open-admin closes',
    ]);
  });

  it('contradicts only enabled controls', () => {
    expect(problems('controls: {world-open-admin: off}', ...tiers('web: {from: [world], ports: [22]}'))).toEqual([]);
  });
});

describe('a circle of layers', () => {
  it('is reported once, at its first layer', () => {
    expect(
      problems(
        ...tiers(
          'a: {from: [b, 10.0.0.0/8]}',
          'b: {from: [c, a]}',
          'c: {from: [d, world], ports: [80]}',
          'd: {from: [c]}',
        ),
      ),
    ).toEqual([
      '5: tiers.layers.a.from: a trusts b, which trusts a: in this circle, no layer is above the others',
      '7: tiers.layers.c.from: c trusts d, which trusts c: in this circle, no layer is above the others',
    ]);
  });

  it('is reported once if another layer trusts one of its layers', () => {
    expect(problems(...tiers('x: {from: [c]}', 'c: {from: [d]}', 'd: {from: [c]}'))).toEqual([
      '6: tiers.layers.c.from: c trusts d, which trusts c: in this circle, no layer is above the others',
    ]);
  });

  it('is identified by its layers, not by the letters of their names', () => {
    const four = ['a: {from: [bc]}', 'bc: {from: [a]}', 'ab: {from: [c]}', 'c: {from: [ab]}'];
    expect(problems(...tiers(...four))).toHaveLength(2);
  });

  it('does not exist if two chains lead to the same layer', () => {
    expect(
      problems(...tiers('a: {from: [10.0.0.0/8]}', 'b: {from: [a]}', 'c: {from: [a]}', 'd: {from: [b, c]}')),
    ).toEqual([]);
  });
});
