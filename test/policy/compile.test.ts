import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../shared/controls/registry.ts';
import { PolicyInvalid } from '../../shared/domain/errors.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { PRESET_NAMES } from '../../shared/policy/control-options.ts';
import { DEFAULTS } from '../../shared/policy/schema/defaults.ts';
import { effort } from '../effort.ts';
import { SHAPES } from './shapes.ts';

function compile(...lines: readonly string[]): Policy {
  return compilePolicy(lines.join('\n'), 'portcullis.yaml', SHAPES);
}

/** The problems of a policy; none if it compiles. Rethrows any other error. */
function problemsOf(text: string): readonly string[] {
  try {
    compilePolicy(text, 'portcullis.yaml', SHAPES);
    return [];
  } catch (error) {
    if (error instanceof PolicyInvalid) return error.problems;
    throw error;
  }
}

function problems(...lines: readonly string[]): readonly string[] {
  return problemsOf(lines.join('\n'));
}

function modesOf(policy: Policy) {
  return Object.fromEntries(
    Object.entries(policy.controls).map(([id, { fresh, existing }]) => [id, `${fresh} / ${existing}`]),
  );
}

describe('a policy', () => {
  it.each(PRESET_NAMES)('of the preset %s does not change the modes of the cell’s own controls', (preset) => {
    const { controls } = compilePolicy(`version: 1\npreset: ${preset}`, 'portcullis.yaml', CONTROLS);
    const own = CONTROLS.filter((control) => control.own);
    expect(own.map(({ id }) => id)).toEqual(['canary']);
    expect(own.map(({ id }) => controls[id])).toEqual(own.map(({ defaults }) => defaults));
    const off = compilePolicy(`version: 1\npreset: ${preset}\ncontrols: {canary: off}`, 'portcullis.yaml', CONTROLS);
    expect(Object.keys(off.controls)).not.toContain('canary');
  });

  it('with only a version has the preset guard and states every option', () => {
    expect(compile('version: 1')).toEqual({
      ...DEFAULTS,
      version: 1,
      preset: 'guard',
      ceiling: 'enforce',
      world: { ipv4: 8, ipv6: 16 },
      controls: Object.fromEntries(SHAPES.map(({ id, defaults }) => [id, defaults])),
      serviceOwned: {
        names: [
          'd-*_controllers',
          'd-*_workspacesMembers',
          'ElasticMapReduce-*',
          'eks-cluster-sg-*',
          'FMManagedSecurityGroup*',
          'awseb-*',
        ],
        tagKeys: ['aws:eks:cluster-name'],
        except: [],
      },
    });
  });

  it('has the modes of its preset', () => {
    expect(modesOf(compile('version: 1', 'preset: observe'))).toMatchInlineSnapshot(`
      {
        "default-group-rules": "observe / observe",
        "world-open-admin": "observe / observe",
        "world-open-egress": "observe / observe",
        "world-open-everything": "observe / observe",
        "world-open-other": "observe / observe",
      }
    `);
    expect(modesOf(compile('version: 1', 'preset: guard'))).toMatchInlineSnapshot(`
      {
        "default-group-rules": "enforce / approve",
        "world-open-admin": "enforce / alert",
        "world-open-egress": "observe / observe",
        "world-open-everything": "enforce / alert",
        "world-open-other": "alert / observe",
      }
    `);
    expect(modesOf(compile('version: 1', 'preset: strict'))).toMatchInlineSnapshot(`
      {
        "default-group-rules": "enforce / approve",
        "world-open-admin": "enforce / enforce",
        "world-open-egress": "observe / observe",
        "world-open-everything": "enforce / enforce",
        "world-open-other": "enforce / observe",
      }
    `);
  });

  it('overrides the preset for fresh and existing rules, or for one of them', () => {
    const policy = compile(
      'version: 1',
      'preset: observe',
      'controls:',
      '  world-open-admin: {fresh: enforce}',
      '  world-open-other: alert',
    );
    expect(modesOf(policy)).toMatchObject({
      'world-open-admin': 'enforce / observe',
      'world-open-other': 'alert / alert',
    });
  });

  it('leaves out a control that is off for fresh and existing rules', () => {
    const policy = compile('version: 1', 'controls:', '  world-open-admin: off', '  world-open-other: {existing: off}');
    expect(Object.keys(policy.controls)).not.toContain('world-open-admin');
    expect(modesOf(policy)).toMatchObject({ 'world-open-other': 'alert / off' });
  });

  it('adds ports to a control and removes others', () => {
    const policy = compile(
      'version: 1',
      'controls:',
      '  world-open-admin:',
      '    ports: {add: [23, tcp/5907-5910, udp/3389], remove: [5901-5902]}',
    );
    expect(policy.controls['world-open-admin']).toEqual({
      ...SHAPES[0]?.defaults,
      ports: {
        tcp: [
          { from: 22, to: 23 },
          { from: 5900, to: 5900 },
          { from: 5903, to: 5910 },
        ],
        udp: [{ from: 3389, to: 3389 }],
      },
    });
  });

  it('replaces all ports of a control with a list', () => {
    const policy = compile('version: 1', 'controls: {world-open-admin: {ports: [2222, "22"]}}');
    expect(policy.controls['world-open-admin']).toMatchObject({
      ports: {
        tcp: [
          { from: 22, to: 22 },
          { from: 2222, to: 2222 },
        ],
        udp: [],
      },
    });
  });

  it('accepts an empty list of public ports', () => {
    const text = 'version: 1\ncontrols: {world-open-everything: {publicPorts: []}}\n';
    expect(compilePolicy(text, 'portcullis.yaml', CONTROLS).controls['world-open-everything']).toMatchObject({
      publicPorts: { tcp: [], udp: [] },
    });
  });

  it('sets numbers, the threshold of the world, the maximum mode and the service-owned groups', () => {
    const policy = compile(
      'version: 1',
      'mode: alert',
      'world: {ipv6: 20}',
      'controls: {world-open-everything: {maxPorts: 100}}',
      'serviceOwned: {names: [vendor-*], tagKeys: [vendor], except: [awseb-x*]}',
    );
    expect(policy).toMatchObject({
      ceiling: 'alert',
      world: { ipv4: 8, ipv6: 20 },
      controls: { 'world-open-everything': { maxPorts: 100 } },
    });
    expect(policy.serviceOwned.names).toContain('vendor-*');
    expect(policy.serviceOwned.tagKeys).toContain('vendor');
    expect(policy.serviceOwned.except).toEqual(['awseb-x*']);
  });

  it('is the same after a round trip through JSON', () => {
    const policy = compile('version: 1', 'preset: strict');
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });

  it('in portcullis.yaml is the preset guard', () => {
    const shipped = readFileSync(new URL('../../portcullis.yaml', import.meta.url), 'utf8');
    const policy = compilePolicy(shipped, 'portcullis.yaml', CONTROLS);
    expect(policy.preset).toBe('guard');
    expect(policy.controls).toEqual(Object.fromEntries(CONTROLS.map(({ id, defaults }) => [id, defaults])));
  });

  it('is valid with every commented example of portcullis.yaml enabled', () => {
    const shipped = readFileSync(new URL('../../portcullis.yaml', import.meta.url), 'utf8');
    const examples = shipped.replaceAll(
      /^# (?= *(?:(?:mode|world|controls|tiers|serviceOwned|modes|trusted|exemptions|exemptionTagsBy|approval|budget|freezes|fightFrom|alerts|people):|  ))(?!  (?:off|observe|alert|approve|enforce|fresh|existing|ports|maxPorts|remedy|narrowTo) |  {10})/gm,
      '',
    );
    const policy = compilePolicy(examples, 'portcullis.yaml', CONTROLS);
    expect(policy).toMatchObject({
      ceiling: 'alert',
      controls: { 'world-open-everything': { maxPorts: 100 }, 'world-open-cache': { fresh: 'alert' } },
    });
    expect(policy.serviceOwned.except).toHaveLength(2);
    expect(policy).toMatchObject({
      tagCeilings: [{ tags: { environment: 'sandbox-*' }, mode: 'alert' }],
      trusted: { cidrs: { length: 2 }, prefixListIds: { length: 1 }, anyActor: false },
      exemptions: { length: 2 },
      exemptionTagsBy: ['arn:aws:iam::111122223333:role/network-admin'],
      approval: DEFAULTS.approval,
      budget: DEFAULTS.budget,
      freezes: [{ kind: 'dates' }, { kind: 'weekly', days: [5, 6], fromMinute: 1080, untilMinute: 360 }],
      reopenLoopFrom: DEFAULTS.reopenLoopFrom,
      alerts: { perMinute: DEFAULTS.alerts.perMinute, ownerTags: DEFAULTS.alerts.ownerTags, routes: { length: 4 } },
      people: { slackTeam: 'T0123456789', may: { length: 2 } },
    });
    expect(policy.controls).toMatchObject({
      'wide-source': { ipv4: 20, ipv6: 48 },
      naming: { names: ['shop-*', 'bank-*'], tagKeys: ['owner'] },
      'tier-source': { tiers: { tag: 'tier', everywhere: [{ from: [{ kind: 'layer', name: 'bastion' }] }] } },
    });
  });
});

describe('a policy with an error', () => {
  it.each([
    [
      'an unknown control',
      ['version: 1', 'controls:', '  world-open-admn: alert'],
      '3: controls.world-open-admn is not a control (did you mean world-open-admin?)',
    ],
    [
      'a control that is like no other',
      ['version: 1', 'controls: {x: off}'],
      '2: controls.x is not a control (known: world-open-admin, world-open-everything, default-group-rules, world-open-other, world-open-egress)',
    ],
    ['an unknown key', ['version: 1', 'presets: guard'], '2: presets is not a setting (did you mean preset?)'],
    [
      'an unknown option',
      ['version: 1', 'controls:', '  world-open-admin:', '    exsting: alert'],
      '4: controls.world-open-admin.exsting is not a setting (did you mean existing?)',
    ],
    [
      'an option of another control',
      ['version: 1', 'controls: {world-open-admin: {maxPorts: 5}}'],
      '2: controls.world-open-admin.maxPorts is not a setting (known: fresh, existing, remedy, narrowTo, ports)',
    ],
    [
      'an unknown key of ports',
      ['version: 1', 'controls: {world-open-admin: {ports: {ad: [1]}}}'],
      '2: controls.world-open-admin.ports.ad is not a setting (did you mean add?)',
    ],
    [
      'an unknown key of the world',
      ['version: 1', 'world: {v4: 8}'],
      '2: world.v4 is not a setting (did you mean ipv4?)',
    ],
    ['no version', ['preset: guard'], '1: version: missing, expected 1'],
    ['another version', ['version: 2'], '1: version: expected 1, not 2'],
    [
      'an unknown preset',
      ['version: 1', 'preset: gaurd'],
      '2: preset: expected a preset (observe, guard, strict), not "gaurd" (did you mean guard?)',
    ],
    [
      'an unknown mode',
      ['version: 1', 'mode: enforced'],
      '2: mode: expected a mode (off, observe, alert, approve, enforce), not "enforced" (did you mean enforce?)',
    ],
    [
      'an unknown mode of a control',
      ['version: 1', 'controls: {world-open-admin: Enforce}'],
      '2: controls.world-open-admin: expected a mode (off, observe, alert, approve, enforce) or a map of settings, not "Enforce" (did you mean enforce?)',
    ],
    [
      'an unknown mode of an option',
      ['version: 1', 'controls: {world-open-admin: {fresh: 7}}'],
      '2: controls.world-open-admin.fresh: expected a mode (off, observe, alert, approve, enforce), not 7',
    ],
    [
      'an empty control',
      ['version: 1', 'controls:', '  world-open-admin:'],
      '3: controls.world-open-admin: expected a mode (off, observe, alert, approve, enforce) or a map of settings, not nothing',
    ],
    [
      'controls as a list',
      ['version: 1', 'controls: [world-open-admin]'],
      '2: controls: expected a map of controls, not a list',
    ],
    [
      'a number out of bounds',
      ['version: 1', 'controls: {world-open-everything: {maxPorts: 70000}}'],
      '2: controls.world-open-everything.maxPorts: expected a whole number from 0 to 65535, not 70000',
    ],
    [
      'a number that is not whole',
      ['version: 1', 'world: {ipv4: 8.5}'],
      '2: world.ipv4: expected a whole number from 1 to 32, not 8.5',
    ],
    [
      'a world that nothing can reach',
      ['version: 1', 'world: {ipv4: 0, ipv6: 16}'],
      '2: world.ipv4: expected a whole number from 1 to 32, not 0',
    ],
    ['a world that is none', ['version: 1', 'world: 8'], '2: world: expected a map of ipv4 and ipv6, not 8'],
    [
      'no port',
      ['version: 1', 'controls:', '  world-open-admin:', '    ports:', '      - 22', '      - ssh'],
      '6: controls.world-open-admin.ports.1: expected a port such as 22, 5900-5906 or udp/11211, not "ssh"',
    ],
    [
      'a range that runs backwards',
      ['version: 1', 'controls: {world-open-admin: {ports: {add: [90-80]}}}'],
      '2: controls.world-open-admin.ports.add.0: expected a port such as 22, 5900-5906 or udp/11211, not "90-80"',
    ],
    [
      'a port above 65535',
      ['version: 1', 'controls: {world-open-admin: {ports: {add: [65536]}}}'],
      '2: controls.world-open-admin.ports.add.0: expected a port such as 22, 5900-5906 or udp/11211, not 65536',
    ],
    [
      'an empty list of ports',
      ['version: 1', 'controls: {world-open-admin: {ports: []}}'],
      '2: controls.world-open-admin.ports: expected at least one port (to switch the control off, set it to off), not a list',
    ],
    [
      'ports that are none',
      ['version: 1', 'controls: {world-open-admin: {ports: 22}}'],
      '2: controls.world-open-admin.ports: expected a list of ports, or ports to add and to remove, not 22',
    ],
    [
      'a port to remove that is not there',
      ['version: 1', 'controls: {world-open-admin: {ports: {remove: [22, 2222]}}}'],
      '2: controls.world-open-admin.ports.remove.1: expected a port that the control checks, not 2222',
    ],
    [
      'a port to remove that is no port',
      ['version: 1', 'controls: {world-open-admin: {ports: {remove: [ssh]}}}'],
      '2: controls.world-open-admin.ports.remove.0: expected a port such as 22, 5900-5906 or udp/11211, not "ssh"',
    ],
    [
      'ports to add that are no list',
      ['version: 1', 'controls: {world-open-admin: {ports: {add: 9090}}}'],
      '2: controls.world-open-admin.ports.add: expected a list of ports, not 9090',
    ],
    [
      'a name that takes in every group',
      ['version: 1', 'serviceOwned: {names: ["*"]}'],
      '2: serviceOwned.names.0: expected a name, with * for anything, that does not match every group, not "*"',
    ],
    [
      'a name that is none',
      ['version: 1', 'serviceOwned: {except: [7]}'],
      '2: serviceOwned.except.0: expected a name, with * for anything, not 7',
    ],
    [
      'names that are no list',
      ['version: 1', 'serviceOwned: {names: x}'],
      '2: serviceOwned.names: expected a list of names, not "x"',
    ],
    [
      'an empty tag key',
      ['version: 1', 'serviceOwned: {tagKeys: [""]}'],
      '2: serviceOwned.tagKeys.0: expected a tag key, not ""',
    ],
    ['nothing in it', [''], '1: expected a map with version: 1, not nothing'],
    ['a list at the top', ['- version: 1'], '1: expected a map with version: 1, not a list'],
    [
      'a key that stands twice',
      ['version: 1', 'preset: guard', 'preset: strict'],
      '3: preset occurs twice in the same map',
    ],
    ['a tab', ['version: 1', 'world:', '\tipv4: 8'], '3: not YAML: Tabs are not allowed as indentation'],
    [
      'an open bracket',
      ['version: 1', 'controls: {'],
      '2: not YAML: Flow map in block collection must be sufficiently indented and end with a }',
    ],
    [
      'an alias',
      ['version: 1', 'serviceOwned:', '  names: &a [x]', '  except: *a'],
      '4: aliases (*name) are not allowed: repeat the value',
    ],
    ['an unknown tag', ['version: !one 1'], '1: not YAML: Unresolved tag: !one'],
    [
      'two documents',
      ['version: 1', '---', 'version: 1'],
      '2: not YAML: Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
    [
      'a key of every object',
      ['version: 1', '__proto__: {preset: strict}'],
      '2: __proto__ is not a setting (known: version, preset, mode, world, controls, tiers, modes, exemptions, exemptionTagsBy, trusted, approval, budget, freezes, fightFrom, alerts, people, serviceOwned)',
    ],
  ])('names the line and the path: %s', (_, lines, problem) => {
    expect(problems(...lines)).toEqual([`portcullis.yaml:${problem}`]);
  });

  it('lists all errors in the order of the lines', () => {
    expect(
      problems(
        'verion: 1',
        'preset: strikt',
        'controls:',
        '  world-open-admin:',
        '    fresh: alret',
        '    ports: {add: [22x], remove: [1], drop: [3]}',
        '  world-open-egres: observe',
        'world: {ipv4: 99}',
        'world: {ipv4: 8}',
      ),
    ).toMatchInlineSnapshot(`
      [
        "portcullis.yaml:1: version: missing, expected 1",
        "portcullis.yaml:1: verion is not a setting (did you mean version?)",
        "portcullis.yaml:2: preset: expected a preset (observe, guard, strict), not "strikt" (did you mean strict?)",
        "portcullis.yaml:5: controls.world-open-admin.fresh: expected a mode (off, observe, alert, approve, enforce), not "alret" (did you mean alert?)",
        "portcullis.yaml:6: controls.world-open-admin.ports.add.0: expected a port such as 22, 5900-5906 or udp/11211, not "22x"",
        "portcullis.yaml:6: controls.world-open-admin.ports.remove.0: expected a port that the control checks, not 1",
        "portcullis.yaml:6: controls.world-open-admin.ports.drop is not a setting (known: add, remove)",
        "portcullis.yaml:7: controls.world-open-egres is not a control (did you mean world-open-egress?)",
        "portcullis.yaml:9: world occurs twice in the same map",
      ]
    `);
  });

  it('refuses aliases that would expand to gigabytes', () => {
    const levels = Array.from(
      { length: 30 },
      (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index}, `.repeat(9)}*l${index}]`,
    );
    const found = problems('version: 1', 'l0: &l0 [x]', ...levels);
    expect(found).toHaveLength(300);
    expect(found[0]).toBe('portcullis.yaml:3: aliases (*name) are not allowed: repeat the value');
  });

  it.each(['[', '{a: ', '- '])('refuses endless nesting by %j', (open) => {
    expect(problemsOf(`version: 1\nworld: ${open.repeat(20_000)}`).length).toBeGreaterThan(0);
  });
});

const LINES = [
  'version: 1',
  'preset: guard',
  'mode: off',
  'controls:',
  '  world-open-admin:',
  '    ports:',
  '      add: [22',
  ']',
  '  - a',
  '{',
  '}',
  '*a',
  '&a',
  '? [x]: y',
  '!!map',
  '%YAML 1.1',
  '---',
  '...',
  '"',
  '\t',
  '__proto__: 1',
  '  __proto__: {}',
  '22: 22',
  '~',
  '!!set {a}',
  '!!binary aGk=',
];

describe('any text', () => {
  it('compiles or causes PolicyInvalid with a file and a line, and no other error', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(fc.constantFrom(...LINES), fc.string()), { maxLength: 12 }).map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(text, (source) => {
        expect(problemsOf(source).every((problem) => /^portcullis\.yaml:[1-9]\d*: ./s.test(problem))).toBe(true);
      }),
      { numRuns: effort(150, 600) },
    );
  });

  it('with any JSON value at any key is refused if its type is wrong', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('preset', 'mode', 'world', 'controls', 'serviceOwned'),
        fc.jsonValue(),
        (key, value) => {
          const found = problemsOf(JSON.stringify({ version: 1, [key]: value }));
          const isFine = found.length === 0;
          const isEmptyMap =
            typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
          expect(isFine).toBe(isEmptyMap && key !== 'preset' && key !== 'mode');
        },
      ),
      { numRuns: effort(100, 300) },
    );
  });
});
