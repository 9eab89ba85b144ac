import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../shared/controls/registry.ts';
import { PolicyInvalid } from '../../shared/domain/errors.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { jsonSchema } from '../../shared/policy/schema/schema.ts';
import { effort } from '../effort.ts';

function compile(...lines: readonly string[]) {
  return compilePolicy(['version: 1', ...lines].join('\n'), 'portcullis.yaml', CONTROLS);
}

function problems(...lines: readonly string[]): readonly string[] {
  try {
    compile(...lines);
    return [];
  } catch (error) {
    if (error instanceof PolicyInvalid) return error.problems;
    throw error;
  }
}

/** A tier map with each layer on its own line, starting with line 5. */
function layers(...lines: readonly string[]) {
  return ['tiers:', '  tag: tier', '  layers:', ...lines.map((line) => `    ${line}`)];
}

function tcp(...ports: readonly number[]) {
  return { tcp: ports.map((port) => ({ from: port, to: port })), udp: [] };
}

describe('a tier map', () => {
  it('becomes the options of tier-source, with SSH for every layer', () => {
    const policy = compile(
      ...layers(
        'edge: {from: [world], ports: [80, 443]}',
        'app: {from: [edge, sg-0123456789abcdef0, pl-0123456789abcdef0]}',
        'database: {from: [app], within: true}',
        'bastion: {from: [10.0.0.0/8, "2001:db8::/32"], ports: [22]}',
      ),
      '  ssh: {from: [bastion]}',
    );
    expect(policy.controls['tier-source']).toEqual({
      fresh: 'alert',
      existing: 'observe',
      remedy: 'revoke',
      tiers: {
        tag: 'tier',
        layers: {
          edge: { from: [{ kind: 'world' }], ports: tcp(80, 443), within: false },
          app: {
            from: [
              { kind: 'layer', name: 'edge' },
              { kind: 'id', id: 'sg-0123456789abcdef0' },
              { kind: 'id', id: 'pl-0123456789abcdef0' },
            ],
            within: false,
          },
          database: { from: [{ kind: 'layer', name: 'app' }], within: true },
          bastion: {
            from: [
              { kind: 'cidr', cidr: '10.0.0.0/8' },
              { kind: 'cidr', cidr: '2001:db8::/32' },
            ],
            ports: tcp(22),
            within: false,
          },
        },
        everywhere: [{ from: [{ kind: 'layer', name: 'bastion' }], ports: tcp(22) }],
      },
    });
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });

  it('may give SSH other ports', () => {
    const policy = compile(...layers('bastion: {from: [10.0.0.0/8]}'), '  ssh: {from: [bastion], ports: [2222]}');
    expect(policy.controls['tier-source']).toMatchObject({ tiers: { everywhere: [{ ports: tcp(2222) }] } });
  });

  it('is optional', () => {
    expect(compile().controls['tier-source']).not.toHaveProperty('tiers');
  });

  it('is in the JSON schema, with layers under any name', () => {
    expect(jsonSchema(CONTROLS)).toMatchObject({
      properties: {
        tiers: {
          required: ['tag', 'layers'],
          properties: { layers: { additionalProperties: { required: ['from'], additionalProperties: false } } },
        },
      },
    });
  });
});

describe('a tier map with an error', () => {
  it.each([
    [
      'a layer that is not there',
      layers('edge: {from: [world], ports: [443]}', 'web: {from: [egde]}'),
      '6: tiers.layers.web.from.0: egde is not a layer (did you mean edge?)',
    ],
    [
      'a source like no layer',
      layers('edge: {from: [world], ports: [443]}', 'web: {from: [internet]}'),
      '6: tiers.layers.web.from.0: internet is not a layer (layers: edge, web; other sources: world, a CIDR block, sg-…, pl-…)',
    ],
    [
      'a source of SSH that is not there',
      [...layers('web: {from: [10.0.0.0/8]}'), '  ssh: {from: [bastion]}'],
      '6: tiers.ssh.from.0: bastion is not a layer (layers: web; other sources: world, a CIDR block, sg-…, pl-…)',
    ],
    [
      'a CIDR block that is none',
      layers('web: {from: [10.0.0.0/33]}'),
      '5: tiers.layers.web.from.0: expected a CIDR block such as 10.0.0.0/8 or 2001:db8::/32, not "10.0.0.0/33"',
    ],
    [
      'a layer that trusts itself',
      layers('cache: {from: [cache]}'),
      '5: tiers.layers.cache.from: cache trusts itself, but a layer can only trust other layers. To let the members of a group reach each other, set within: true',
    ],
    [
      'layers in a circle, once',
      layers('web: {from: [cache]}', 'app: {from: [web]}', 'cache: {from: [app]}'),
      '5: tiers.layers.web.from: web trusts cache, which trusts app, which trusts web: in this circle, no layer is above the others',
    ],
    [
      'the world in the database',
      layers('database: {from: [world], ports: [443]}'),
      '5: tiers.layers.database.from: lets the world into database: a data layer should only trust the layer that uses it, such as app',
    ],
    [
      'the world on ports that another control closes',
      layers('legacy: {from: [world], ports: [443, 3389, 5432-5433]}'),
      '5: tiers.layers.legacy.ports: lets the world in on tcp 3389, which world-open-admin closes',
    ],
    [
      'the world on every port',
      layers('edge: {from: [world]}'),
      '5: tiers.layers.edge.from: lets the world in on every port: list the ports, such as ports: [80, 443]',
    ],
    [
      'the world as a block',
      layers('edge: {from: [0.0.0.0/0], ports: [443]}'),
      '5: tiers.layers.edge.from.0: 0.0.0.0/0 is the world: write world, and list the ports',
    ],
    [
      'SSH from the world',
      [...layers('edge: {from: [world], ports: [443]}'), '  ssh: {from: [world]}'],
      '6: tiers.ssh.ports: lets the world in on tcp 22, which world-open-admin closes',
    ],
    [
      'no layers',
      ['tiers: {tag: tier, layers: {}}'],
      '2: tiers.layers: expected at least one layer, such as web: {from: [world]}',
    ],
    ['no tag', ['tiers: {layers: {web: {from: [10.0.0.0/8]}}}'], '2: tiers.tag: missing, expected a tag key'],
    ['no sources', layers('web: {from: []}'), '5: tiers.layers.web.from: expected at least one source, not a list'],
    [
      'a layer without sources',
      layers('web: {ports: [80]}'),
      '5: tiers.layers.web.from: missing, expected a list of sources',
    ],
    [
      'an unknown setting of a layer',
      layers('web: {form: [10.0.0.0/8], from: [10.0.0.0/8]}'),
      '5: tiers.layers.web.form is not a setting (did you mean from?)',
    ],
    [
      'an unknown setting of the section',
      ['tiers: {tag: tier, shh: {}, layers: {web: {from: [10.0.0.0/8]}}}'],
      '2: tiers.shh is not a setting (did you mean ssh?)',
    ],
    [
      'a port that is none',
      layers('web: {from: [10.0.0.0/8], ports: [http]}'),
      '5: tiers.layers.web.ports.0: expected a port such as 22, 5900-5906 or udp/11211, not "http"',
    ],
    [
      'a layer named like the world',
      layers('world: {from: [10.0.0.0/8]}'),
      `5: tiers.layers.world: "world" is not a valid layer name: use letters, digits, dots, dashes and underscores; world and ids are reserved`,
    ],
    [
      'within that is neither true nor false',
      layers('db: {from: [10.0.0.0/8], within: sometimes}'),
      '5: tiers.layers.db.within: expected true or false, not "sometimes"',
    ],
  ])('names the line and the path: %s', (_, lines, problem) => {
    expect(problems(...lines)).toContain(`portcullis.yaml:${problem}`);
  });

  it('lists all errors', () => {
    expect(problems('mode: alrt', ...layers('web: {from: [wbe, 10.0.0/8]}', 'app: {from: [app]}'))).toHaveLength(4);
  });

  it('is refused with PolicyInvalid, whatever it contains', () => {
    const source = fc.oneof(fc.constantFrom('world', 'a', 'b', 'c', '10.0.0.0/8', '0.0.0.0/0', '::/0'), fc.string());
    const layer = fc.record({ from: fc.array(source, { maxLength: 3 }), within: fc.boolean() });
    const map = fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', 'c', 'database'), fc.string()), layer, { maxKeys: 4 });
    fc.assert(
      fc.property(map, (written) => {
        const found = problems(`tiers: ${JSON.stringify({ tag: 'tier', layers: written })}`);
        expect(found.every((problem) => problem.startsWith('portcullis.yaml:2: '))).toBe(true);
      }),
      { numRuns: effort(100, 300) },
    );
  });
});
