import type { Change, Trigger } from '../domain/change.ts';
import type { AnyControl, Case, ControlDocs, Facts, Fix, Peer } from '../domain/control.ts';
import type { GroupIdentity, PortSet, Rule } from '../domain/group.ts';
import type { Episode } from '../domain/group-record.ts';
import { formatRule } from '../network/format.ts';
import { PORT_PROTOCOLS } from '../network/ports.ts';
import { sourceText } from '../network/rule-key.ts';
import {
  type ControlShape,
  listOptions,
  numberOptions,
  PRESET_NAMES,
  portOptions,
  presetModes,
  remediesOf,
} from './control-options.ts';

/** The default settings of a control as a section of the policy. */
export function writtenSettings(shape: ControlShape): string {
  return ['controls:', `  ${shape.id}:`, ...optionLines(shape).map((line) => `    ${line}`)].join('\n');
}

function optionLines(shape: ControlShape): readonly string[] {
  const { defaults } = shape;
  return [
    `fresh: ${defaults.fresh}`,
    `existing: ${defaults.existing}`,
    ...(remediesOf(shape).length > 1 ? [`remedy: ${defaults.remedy}`] : []),
    ...Array.from(numberOptions(defaults), ([name, value]) => `${name}: ${value}`),
    ...Array.from(listOptions(defaults), ([name, list]) => `${name}: [${list.map((word) => `'${word}'`).join(', ')}]`),
    ...Array.from(portOptions(defaults), ([name, ports]) => `${name}: [${portsText(ports)}]`),
  ];
}

/** A list item with sub-items. */
interface ListItem {
  readonly text: string;
  readonly under: readonly string[];
}

/** A part of a page: a paragraph, a list or code. */
export type PageBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly ListItem[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

function listBlock(items: readonly string[]): PageBlock {
  return {
    kind: 'list',
    items: items.map((item) => ({ text: item, under: [] })),
  };
}

/** `22, 5900-5906, udp/11211` */
function portsText(ports: PortSet): string {
  return PORT_PROTOCOLS.flatMap((protocol) =>
    ports[protocol].map(
      ({ from, to }) => `${protocol === 'tcp' ? '' : `${protocol}/`}${from === to ? `${from}` : `${from}-${to}`}`,
    ),
  ).join(', ');
}

/** A documented case as lines: the particulars of the group, then its rules. */
export function caseText({ rules, group = {}, facts = {} }: Case): readonly string[] {
  const named = namesOf(rules);
  const peers = new Map([...(facts.peers ?? [])].filter(([id]) => named.has(id)));
  const particular = [...aboutGroup(group), ...aboutFacts({ ...facts, peers }), ...aboutLists(rules)];
  return [...(particular.length === 0 ? [] : [particular.join(', ')]), ...rules.map(formatRule)];
}

function namesOf(rules: readonly Rule[]): ReadonlySet<string> {
  return new Set(rules.map(({ source }) => sourceText(source)));
}

function aboutGroup({ name, tags = {} }: Partial<GroupIdentity>): readonly string[] {
  return [
    ...(name === undefined ? [] : [name.trim() === '' ? 'a group without a name' : `a group named ${name}`]),
    ...Object.entries(tags).map(([key, value]) => `tagged ${key}=${value}`),
  ];
}

function aboutFacts({
  attachments = [],
  peers = new Map(),
  referencedBy = [],
  vpcCidrs = [],
  twins = [],
  neighbours = [],
  episodes = [],
  change,
}: Partial<Facts>): readonly string[] {
  return [
    ...(attachments.length === 0 ? [] : [`on ${several(attachments.length, 'interface')}`]),
    ...referencedBy.map(({ kind, id }) => `named by ${kind} ${id}`),
    ...(vpcCidrs.length === 0 ? [] : [`in a VPC of ${vpcCidrs.join(', ')}`]),
    ...neighbours.flatMap(({ interfaceId, groups }) =>
      groups.map(({ id, rules }) => `shares ${interfaceId} with ${id} (${rules.map(formatRule).join('; ')})`),
    ),
    ...(twins.length === 0 ? [] : [`with ${several(twins.length, 'twin')}`]),
    ...Array.from(peers, ([id, peer]) => aboutPeer(id, peer)),
    ...episodes.map(aboutEpisode),
    ...(change === undefined ? [] : [aboutChange(change)]),
  ];
}

function several(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function aboutPeer(id: string, peer: Peer): string {
  if (peer === 'gone') return `${id} is gone`;
  if (peer === 'foreign') return `${id} belongs to another account`;
  const tags = Object.entries(peer.tags).map(([key, value]) => ` tagged ${key}=${value}`);
  return `${id} is there${tags.join(',')}`;
}

function aboutEpisode({ what, at }: Episode): string {
  return `something ${what} at minute ${at / 60_000}`;
}

/** Who made the change. A case without an actor only states the trigger. */
function aboutChange({ call, trigger, actor }: Change): string {
  return actor === undefined
    ? `at hand: ${trigger}`
    : `${trigger} by ${actor.name ?? actor.role ?? actor.arn ?? call} with ${actor.tool}`;
}

/** The entries of the rules' prefix lists. */
function aboutLists(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap(({ source }) =>
    source.kind === 'prefix-list' && source.cidrs !== undefined
      ? [`${source.id} holds ${source.cidrs.join(', ')}`]
      : [],
  );
}

/** A section of a page. */
export interface PageSection {
  readonly title: string;
  readonly blocks: readonly PageBlock[];
}

/** When a control is evaluated. */
const TRIGGER_TEXTS = {
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

/** The page of a control. */
export function controlPage(control: AnyControl, docs: ControlDocs): readonly PageSection[] {
  const { valid, invalid } = docs.cases();
  const frameworks = Object.entries(docs.frameworks).map(([framework, ids]) => `${framework}: ${ids.join(', ')}`);
  return [
    { title: 'Why', blocks: [text(docs.why)] },
    {
      title: 'What fires',
      blocks: [
        text(docs.fires),
        text(`The control is evaluated when: ${control.on.map((trigger) => TRIGGER_TEXTS[trigger]).join('; ')}.`),
      ],
    },
    { title: 'Modes', blocks: [text(severityText(control)), listBlock(modeLines(control))] },
    { title: 'How to fix it', blocks: fixBlocks(docs.fix()) },
    { title: 'How to configure it', blocks: configureBlocks(control, docs) },
    { title: 'How to exempt from it', blocks: [text(exemptText(control))] },
    ...(frameworks.length === 0 ? [] : [{ title: 'Asked for by', blocks: [listBlock(frameworks)] }]),
    { title: 'Fires on', blocks: [cases(invalid)] },
    { title: 'Is silent on', blocks: [cases(valid)] },
    { title: 'See', blocks: [listBlock(docs.see)] },
  ];
}

function text(words: string): PageBlock {
  return { kind: 'text', text: words };
}

function severityText({ severity, graded }: AnyControl): string {
  return graded
    ? `Severity ${severity}: one step worse where the internet gets to what the group is on, one step milder where nothing uses it.`
    : `Severity ${severity}.`;
}

function modeLines(control: AnyControl): readonly string[] {
  return PRESET_NAMES.map((preset) => {
    const { fresh, existing } = presetModes(control, preset);
    return `${preset}: fresh ${fresh}, existing ${existing}`;
  });
}

function fixBlocks({ instead, console, cli, cdk, terraform }: Fix): readonly PageBlock[] {
  return [
    text(instead),
    text(`Console: ${console}`),
    text('AWS CLI:'),
    code('sh', cli),
    text('CDK:'),
    code('ts', cdk),
    text('Terraform:'),
    code('hcl', terraform),
  ];
}

function code(language: string, words: string): PageBlock {
  return { kind: 'code', language, text: words };
}

function configureBlocks(control: AnyControl, { example, section }: ControlDocs): readonly PageBlock[] {
  return [
    text('As it ships; what a policy says takes the place of it, option by option:'),
    code('yaml', writtenSettings(control)),
    text('For example:'),
    code('yaml', `controls:\n  ${example.replaceAll('\n', '\n  ')}`),
    ...(section === undefined ? [] : [text('It judges by a section of its own:'), code('yaml', section)]),
  ];
}

function exemptText({ id, own }: AnyControl): string {
  if (own === true)
    return `\`${id}: off\` switches the control off. Nothing is exempt from it: exemptions do not count here.`;
  return `\`${id}: off\` switches the control off, \`${id}: {existing: off}\` for what was there before; \`observe\` keeps it in reports and away from people. For a single group, rule or port there are \`exemptions\`, with a reason, an owner and an end (\`control: ${id}\` leaves the others in force), and \`modes\` hold groups with a tag down. A rule that the AWS service which owns the group opened itself is only alerted on; \`serviceOwned\` in the policy says which groups services may own.`;
}

function cases(examples: readonly Case[]): PageBlock {
  return {
    kind: 'list',
    items: examples.map((one) => ({ text: one.title, under: caseText(one) })),
  };
}
