import type { Trigger } from '../change.ts';
import type { GroupIdentity } from '../group.ts';
import type { Rule } from '../rule.ts';
import type { Facts } from './facts.ts';

/** A group for a documented case: rules, and what else the control looks at. */
export interface Case {
  readonly title: string;
  readonly rules: readonly Rule[];
  /** What is particular about the group. */
  readonly group?: Partial<GroupIdentity>;
  /** What is known about it, besides being unattached and named by nothing. */
  readonly facts?: Partial<Facts>;
  /** What makes it look, where that is not the sweep. */
  readonly trigger?: Trigger;
  /** Settings that differ from the defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** How to set it right by hand. Code stands as it would be typed. */
export interface Fix {
  /** What to do in its place, in a sentence or two. */
  readonly instead: string;
  /** Steps in the AWS console. */
  readonly console: string;
  /** AWS CLI. */
  readonly cli: string;
  /** AWS CDK, TypeScript. */
  readonly cdk: string;
  readonly terraform: string;
}

/**
 * Frameworks that controls are mapped to, where a public mapping says so. The ids of AWS Security Hub are those of its standards: AWS
 * Foundational Security Best Practices (FSBP), resource tagging and others.
 */
type Framework = 'AWS Security Hub' | 'CIS AWS Foundations 3.0' | 'NIST 800-53 r5' | 'PCI DSS 4.0';

/** Documentation of a control, apart from its code so that bundles leave it out. */
export interface ControlDocs {
  /** Why it matters and what an attacker does with it. */
  readonly why: string;
  /** What it looks at, and from where on it fires. */
  readonly fires: string;
  readonly fix: () => Fix;
  /** An example of its settings, as it stands under `controls:` of the policy. */
  readonly example: string;
  /** A section of the policy that it judges by, as it is written there. */
  readonly section?: string;
  /** Public frameworks that ask for the same. */
  readonly frameworks: Readonly<Partial<Record<Framework, readonly string[]>>>;
  readonly see: readonly string[];
  readonly cases: () => { readonly valid: readonly Case[]; readonly invalid: readonly Case[] };
}
