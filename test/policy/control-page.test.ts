import { describe, expect, it } from 'vitest';
import { documentedControl } from '../../cli/commands/explain.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Peer } from '../../shared/domain/control.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { caseText, controlPage, type PageBlock, writtenSettings } from '../../shared/policy/control-page.ts';

const pages = await Promise.all(CONTROLS.map(async ({ id }) => await documentedControl(id)));

function compile(...parts: readonly string[]) {
  return compilePolicy(['version: 1', ...parts].join('\n'), 'docs', CONTROLS).controls;
}

function yamlIn(blocks: readonly PageBlock[]): readonly string[] {
  return blocks.flatMap((block) => (block.kind === 'code' && block.language === 'yaml' ? [block.text] : []));
}

describe.each(pages.map((one) => [one.control.id, one] as const))('the page of %s', (id, { control, docs }) => {
  const page = controlPage(control, docs);

  it('shows the default settings as a valid policy', () => {
    expect(compile(writtenSettings(control))[id]).toEqual(compile()[id]);
  });

  it('shows valid examples that each change the policy', () => {
    const [, ...examples] = yamlIn(page.find(({ title }) => title === 'How to configure it')?.blocks ?? []);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(compile(example)[id]).not.toEqual(compile()[id]);
  });

  it('has every section, without empty text', () => {
    expect(page.map(({ title }) => title).filter((title) => title !== 'Asked for by')).toEqual([
      'Why',
      'What fires',
      'Modes',
      'How to fix it',
      'How to configure it',
      'How to exempt from it',
      'Fires on',
      'Is silent on',
      'See',
    ]);
    expect(JSON.stringify(page)).not.toMatch(/undefined|NaN|\[object/);
    expect(Object.values(docs.fix()).every((text) => text.trim() !== '')).toBe(true);
    expect(docs.see.every((link) => link.startsWith('https://'))).toBe(true);
  });
});

describe('a case', () => {
  it('is shown with its particulars', () => {
    const rule = {
      groupId: 'sg-00000000000000001',
      direction: 'ingress',
      protocol: 'tcp',
      fromPort: 22,
      toPort: 22,
    } as const;
    expect(
      caseText({
        title: 'a case',
        rules: [
          { ...rule, source: { kind: 'prefix-list', id: 'pl-1', cidrs: ['10.0.0.0/8'] } },
          { ...rule, source: { kind: 'group', groupId: 'sg-2' } },
        ],
        group: { name: ' ', tags: { tier: 'web' } },
        facts: {
          attachments: [{ interfaceId: 'eni-1', description: '', type: 'interface' }],
          peers: new Map<string, Peer>([
            ['sg-2', { id: 'sg-2', name: 'app', tags: { tier: 'app' } }],
            ['sg-3', 'foreign'],
          ]),
          referencedBy: [{ kind: 'function', id: 'resize' }],
          vpcCidrs: ['10.0.0.0/16'],
          twins: ['sg-4', 'sg-5'],
        },
      }),
    ).toEqual([
      'a group without a name, tagged tier=web, on 1 interface, named by function resize, in a VPC of 10.0.0.0/16, with 2 twins, sg-2 is there tagged tier=app, pl-1 holds 10.0.0.0/8',
      'ingress tcp 22 from pl-1',
      'ingress tcp 22 from sg-2',
    ]);
  });
});
