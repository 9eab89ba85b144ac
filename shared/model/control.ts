import type { Change, Trigger } from './change.ts';
import type { Attachment, Group } from './group.ts';
import type { Limit, Mode } from './mode.ts';
import type { PortRange, PortSet, Rule } from './rule.ts';

/** What a control may ask for besides the group itself. */
export interface Facts {
  /** Interfaces the group is attached to: the first page (1,000), enough to tell used from unused. */
  readonly attachments: readonly Attachment[];
}

/** Name of a fact. */
export type Need = keyof Facts;

/** Every fact there is. */
export const NEEDS = ['attachments'] as const satisfies readonly Need[];

/** A group under evaluation, with the facts that the control declared. */
export interface Subject<N extends Need = never> {
  readonly group: Group;
  readonly facts: Pick<Facts, N>;
  readonly trigger: Change['trigger'];
  /** Rules that the change at hand brought. */
  readonly fresh: ReadonlySet<Rule>;
}

/** How bad a finding is. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** Whether the change at hand brought the violation, or it was there before. */
export type Freshness = 'fresh' | 'existing';

/** World-open ports of one protocol and the share of the public address space that reaches them (0–1, of the wider family). */
export interface Exposure {
  readonly protocol: 'tcp' | 'udp';
  readonly ports: readonly PortRange[];
  readonly share: number;
}

/** What a control found: the rules that would have to go, and why. */
export interface Finding {
  readonly control: string;
  readonly severity: Severity;
  readonly freshness: Freshness;
  readonly rules: readonly Rule[];
  readonly exposures: readonly Exposure[];
  /** Holds the mode of this finding down, whatever the policy says. */
  readonly limit?: Limit;
}

/** From what share on the sources of a port are the world: a union as large as a block of this prefix length. */
export interface WorldThreshold {
  /** Prefix length, default 8: 2^24 public IPv4 addresses. */
  readonly ipv4: number;
  /** Prefix length, default 16: 2^112 addresses of 2000::/3. */
  readonly ipv6: number;
}

/** Name of a remedy. */
export type RemedyId = 'revoke';

/** Settings that every control has. */
export interface ControlOptions {
  readonly fresh: Mode;
  readonly existing: Mode;
  readonly remedy: RemedyId;
}

/** Settings of a control about ports. */
export interface PortOptions extends ControlOptions {
  readonly ports: PortSet;
}

/** Settings of a control about the number of ports. */
export interface WidthOptions extends ControlOptions {
  /** World-open ports of one protocol above which a group counts as open for everything. */
  readonly maxPorts: number;
  /** Not counted. */
  readonly publicPorts: PortSet;
}

/** What every control says of itself. */
interface ControlMeta<O extends ControlOptions> {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Kinds of change that can cause a violation. */
  readonly on: readonly Trigger[];
  readonly defaults: O;
  /** One line: what is open, to whom. */
  explain(finding: Finding): string;
}

/** One control: a pure judgement over one group. One file each, together with its docs and cases. */
export interface Control<N extends Need = never, O extends ControlOptions = ControlOptions> extends ControlMeta<O> {
  readonly needs: Readonly<Record<N, true>>;
  evaluate(subject: Subject<N>, options: O, world: WorldThreshold): readonly Finding[];
}

/** Any control, as the pipeline runs them: it gives each the facts and the options that belong to it. */
export interface AnyControl extends ControlMeta<ControlOptions> {
  readonly needs: Readonly<Partial<Record<Need, true>>>;
  evaluate(subject: Subject<Need>, options: ControlOptions, world: WorldThreshold): readonly Finding[];
}

/** A group for a documented case: rules, and what else the control looks at. */
export interface Case {
  readonly title: string;
  readonly rules: readonly Rule[];
  readonly groupName?: string;
  readonly attachments?: readonly Attachment[];
}

/** Documentation of a control, apart from its code so that bundles leave it out. */
export interface ControlDocs {
  /** Why it matters and what an attacker does with it. */
  readonly why: string;
  /** How to fix it by hand, and what to do in its place. */
  readonly fix: string;
  /** Public frameworks that ask for the same, id by framework. */
  readonly frameworks: Readonly<Record<string, readonly string[]>>;
  readonly see: readonly string[];
  readonly cases: () => { readonly valid: readonly Case[]; readonly invalid: readonly Case[] };
}
