import type { Trigger } from '../../domain/change.ts';
import type { AnyControl } from '../../domain/controls/control.ts';
import type { Case, ControlDocs, Fix } from '../../domain/controls/control-docs.ts';
import { PRESET_NAMES, presetModes } from '../presets.ts';
import { writtenSettings } from '../schema/written-settings.ts';
import { caseText } from './case-text.ts';

/** A part of a page: running text, lines that belong together, or code. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly ListItem[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

/** A line, and what stands under it. */
interface ListItem {
  readonly text: string;
  readonly under: readonly string[];
}

/** A headed part of a page. */
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

const text = (words: string): Block => ({ kind: 'text', text: words });

const code = (language: string, words: string): Block => ({ kind: 'code', language, text: words });

const list = (items: readonly string[]): Block => ({
  kind: 'list',
  items: items.map((item) => ({ text: item, under: [] })),
});

const cases = (some: readonly Case[]): Block => ({
  kind: 'list',
  items: some.map((one) => ({ text: one.title, under: caseText(one) })),
});

/** What makes a control look, in words. */
const OCCASIONS = {
  'rules-added': 'a rule is added',
  'rules-modified': 'a rule is modified',
  'rules-removed': 'a rule is removed',
  'group-created': 'a group is created',
  'vpc-created': 'a VPC is created',
  'prefix-list-changed': 'a prefix list changes that a rule names',
  attached: 'the group is put on an interface',
  tagged: 'an exemption tag of it changes',
  sweep: 'the sweep and every scan',
} as const satisfies Record<Trigger, string>;

const modeLines = (control: AnyControl): readonly string[] =>
  PRESET_NAMES.map((preset) => {
    const { fresh, existing } = presetModes(control, preset);
    return `${preset}: fresh ${fresh}, existing ${existing}`;
  });

const severityText = ({ severity, graded }: AnyControl): string =>
  graded
    ? `Severity ${severity}: one step worse where the internet gets to what the group is on, one step milder where nothing uses it.`
    : `Severity ${severity}.`;

const fixBlocks = ({ instead, console, cli, cdk, terraform }: Fix): readonly Block[] => [
  text(instead),
  text(`Console: ${console}`),
  text('AWS CLI:'),
  code('sh', cli),
  text('CDK:'),
  code('ts', cdk),
  text('Terraform:'),
  code('hcl', terraform),
];

const configureBlocks = (control: AnyControl, { example, section }: ControlDocs): readonly Block[] => [
  text('As it ships; what a policy says takes the place of it, option by option:'),
  code('yaml', writtenSettings(control)),
  text('For example:'),
  code('yaml', `controls:\n  ${example.replaceAll('\n', '\n  ')}`),
  ...(section === undefined ? [] : [text('It judges by a section of its own:'), code('yaml', section)]),
];

const exemptText = ({ id, own }: AnyControl): string => {
  if (own === true)
    return `\`${id}: off\` switches the control off. Nothing is exempt from it: exemptions do not count here.`;
  return `\`${id}: off\` switches the control off, \`${id}: {existing: off}\` for what was there before; \`observe\` keeps it in reports and away from people. For a single group, rule or port there are \`exemptions\`, with a reason, an owner and an end (\`control: ${id}\` leaves the others in force), and \`modes\` hold groups with a tag down. A rule that the AWS service which owns the group opened itself is only alerted on; \`serviceOwned\` in the policy says which groups services may own.`;
};

/** Everything that is written about a control, in the order in which people read it. */
export const controlPage = (control: AnyControl, docs: ControlDocs): readonly Section[] => {
  const { valid, invalid } = docs.cases();
  const frameworks = Object.entries(docs.frameworks).map(([framework, ids]) => `${framework}: ${ids.join(', ')}`);
  return [
    { title: 'Why', blocks: [text(docs.why)] },
    {
      title: 'What fires',
      blocks: [text(docs.fires), text(`It looks when: ${control.on.map((trigger) => OCCASIONS[trigger]).join('; ')}.`)],
    },
    { title: 'Modes', blocks: [text(severityText(control)), list(modeLines(control))] },
    { title: 'How to fix it', blocks: fixBlocks(docs.fix()) },
    { title: 'How to configure it', blocks: configureBlocks(control, docs) },
    { title: 'How to exempt from it', blocks: [text(exemptText(control))] },
    ...(frameworks.length === 0 ? [] : [{ title: 'Asked for by', blocks: [list(frameworks)] }]),
    { title: 'Fires on', blocks: [cases(invalid)] },
    { title: 'Is silent on', blocks: [cases(valid)] },
    { title: 'See', blocks: [list(docs.see)] },
  ];
};
