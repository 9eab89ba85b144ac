import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Grant, PERMISSIONS } from '../../../shared/adapters/aws/permissions.ts';
import { FUNCTIONS, type FunctionSpec } from '../../../shared/catalogue.ts';
import { CANARY_TAG } from '../../../shared/domain/canary.ts';
import { REPLACEMENT_TAG } from '../../../shared/domain/replacement-tag.ts';
import { messages } from '../../notifications/compose/samples.ts';

const AWS = join(import.meta.dirname, '../../shared/aws');
const FILES = readdirSync(AWS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** IAM's prefix of each client's service. */
const SERVICES: Readonly<Record<string, string>> = {
  '@aws-sdk/client-ec2': 'ec2',
  '@aws-sdk/client-cloudtrail': 'cloudtrail',
  '@aws-sdk/client-dynamodb': 'dynamodb',
  '@aws-sdk/client-sns': 'sns',
  '@aws-sdk/client-sqs': 'sqs',
  '@aws-sdk/client-iam': 'iam',
  '@aws-sdk/client-ssm': 'ssm',
  '@aws-sdk/client-lambda': 'lambda',
  '@aws-sdk/client-sts': 'sts',
  '@aws-sdk/client-secrets-manager': 'secretsmanager',
  '@aws-sdk/client-config-service': 'config',
  '@aws-sdk/client-eventbridge': 'events',
  '@aws-sdk/client-securityhub': 'securityhub',
};

/** The action of a command, where it has another name. */
const ACTIONS: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction' };

const actionOf = (service: string | undefined, command: string): string => {
  const name = `${service}:${command.replace(/Command$/, '')}`;
  return ACTIONS[name] ?? name;
};

/** What people do at the command line with credentials of their own: say who they are, set the switch. */
const PERSONAL: ReadonlySet<string> = new Set([
  'sts:GetCallerIdentity',
  'ssm:PutParameter',
  'sqs:ListQueues',
  'config:StartConfigRulesEvaluation',
  'sqs:ChangeMessageVisibility',
]);

/**
 * Where the code of a port method begins. A method's calls are those of this file, or of this declaration in it, and of all that it imports.
 */
const ENTRIES: Readonly<Record<keyof typeof PERMISSIONS, string>> = {
  // A look by itself, and what the looks of a sweep share.
  'groups.look': 'list-groups.ts',
  'census.page': 'census.ts',
  'networks.cidrs': 'facts/vpc-cidrs.ts',
  'relay.goOn': 'sweep-relay.ts',
  'functions.list': 'facts/functions.ts',
  'groups.revoke': 'revoke.ts',
  'grants.authorize': 'grants-authorize.ts',
  'grants.createGroup': 'grants-create.ts',
  'grants.deleteGroup': 'grants-delete.ts',
  'grants.attach': 'grants-attach.ts',
  'vpcs.home': 'vpcs.ts',
  'handover.follow': 'handover.ts',
  'canaries.put': 'canaries.ts',
  'reexamine.release': 'reexamine.ts',
  'reexamine.look': 'reexamine.ts',
  'reexamine.takeBack': 'reexamine.ts',
  'reexamine.replay': 'reexamine.ts',
  'trail.changeOf': 'trail.ts',
  'confirmations.wait': 'confirmations.ts#wait',
  'confirmations.waiting': 'confirmations.ts#waiting',
  'confirmations.done': 'confirmations.ts#done',
  'ledger.reserve': 'ledger-reserve.ts',
  'ledger.find': 'ledger-entries.ts',
  'ledger.settle': 'ledger-settle.ts',
  'ledger.entries': 'ledger-entries.ts',
  'ledger.unsettled': 'ledger-entries.ts',
  'register.byId': 'ledger-history.ts',
  'register.newest': 'ledger-history.ts',
  'register.waiting': 'ledger-due.ts',
  'register.answered': 'ledger-due.ts',
  'register.noteCarried': 'ledger-carried.ts',
  'register.abandoned': 'ledger-due.ts',
  'register.answer': 'ledger-answer.ts',
  'register.noteFollowUp': 'ledger-notes.ts',
  'ledger.noteProgress': 'ledger-notes.ts',
  'budget.take': 'budget-take.ts',
  'budget.resume': 'budget-resume.ts',
  'exemptions.live': 'exemptions-live.ts',
  'exemptions.all': 'exemptions-all.ts',
  'exemptions.find': 'exemptions-find.ts',
  'exemptions.put': 'exemptions-put.ts',
  'episodes.record': 'episodes-record.ts',
  'episodes.of': 'episodes-of.ts',
  'records.of': 'group-record-read.ts',
  'records.begin': 'group-record-write.ts',
  'records.change': 'group-record-write.ts',
  'records.lookAgain': 'group-record-write.ts',
  'records.due': 'group-record-due.ts',
  'records.lookedAt': 'group-record-write.ts',
  'deliveries.claim': 'deliveries-claim.ts',
  'deliveries.posted': 'deliveries-note.ts',
  'deliveries.delivered': 'deliveries-note.ts',
  'deliveries.release': 'deliveries-release.ts',
  'undelivered.take': 'undelivered-alerts.ts#take',
  'undelivered.done': 'undelivered-alerts.ts#done',
  'keys.read': 'secrets.ts',
  'storms.admit': 'storms-admit.ts',
  'storms.over': 'storms-over.ts',
  'storms.told': 'storms-told.ts',
  'notices.publish': 'notices.ts',
  'notices.announce': 'notices.ts',
  'account.alias': 'account-alias.ts',
  'notices.chat': 'notices.ts',
  'findings.publish': 'own-events.ts',
  'findings.import': 'security-hub.ts',
  'compliance.put': 'compliance-put.ts',
  'compliance.itemAt': 'compliance-item.ts',
  'presses.record': 'presses-record.ts',
  'presses.find': 'presses-find.ts',
  'presses.claim': 'presses-claim.ts',
  'presses.ended': 'presses-ended.ts',
  'worker.later': 'invoke.ts',
  'grant.obey': 'command-client.ts',
  'recorders.list': 'recorders.ts',
  'callers.prove': 'proof-check.ts',
  'switch.ceiling': 'switch.ts',
};

interface Import {
  readonly from: string;
  readonly names: readonly string[];
}

const importsOf = (source: string): readonly Import[] =>
  Array.from(source.matchAll(/import (?!type)\{([^}]*)\} from '([^']+)'/g), ([, names = '', from = '']) => ({
    from,
    names: names
      .split(',')
      .flatMap((name) => (name.trim() === '' || name.trim().startsWith('type ') ? [] : [name.trim()])),
  }));

/** The exported function of a file, by name, or the file as a whole: declarations are separated by lines that begin a new one. */
const declarations = (source: string): ReadonlyMap<string, string> =>
  new Map(
    source
      .split(/\n(?=(?:export )?(?:async )?(?:function\*?|const) )/)
      .map((text) => [/(?:function\*?|const) (\w+)/.exec(text)?.[1] ?? '', text] as const),
  );

/** Commands constructed in the named declarations of a file, in those they use, and in what they import. */
function commandsIn(file: string, names: readonly string[] | 'all', seen = new Set<string>()): ReadonlySet<string> {
  const source = readFileSync(join(AWS, file), 'utf8');
  const parts = declarations(source);
  const imports = importsOf(source);
  const found = new Set<string>();
  const pending = names === 'all' ? [...parts.keys()] : [...names];
  for (const name of pending) {
    const text = parts.get(name);
    if (text === undefined || seen.has(`${file}#${name}`)) continue;
    seen.add(`${file}#${name}`);
    const words = new Set(text.match(/\w+/g));
    pending.push(...[...parts.keys()].filter((other) => words.has(other)));
    for (const { from, names: imported } of imports) {
      const used = imported.filter((word) => words.has(word));
      const service = SERVICES[from];
      if (service) for (const word of used) if (word.endsWith('Command')) found.add(actionOf(service, word));
      const neighbour = from.startsWith('.') ? normalize(join(dirname(file), from)) : '..';
      if (!neighbour.startsWith('..')) for (const command of commandsIn(neighbour, used, seen)) found.add(command);
    }
  }
  return found;
}

const allowed = (grants: readonly Grant[]): readonly string[] =>
  [...new Set(grants.flatMap((grant) => grant.actions))].toSorted();

/** Tags are set by the call that makes the resource; IAM asks for them apart. */
const isTagging = ({ actions, when }: Grant): boolean =>
  actions.every((action) => action === 'ec2:CreateTags') && when?.['StringEquals']?.['ec2:CreateAction'] !== undefined;

const TABLE: Readonly<Record<string, readonly Grant[]>> = PERMISSIONS;

/** Actions that make a group let through more, or something of another group. */
const OPENING = /^ec2:(Authorize|Modify|Create|Delete|Update|Associate)/;

const opening = (methods: readonly string[]): readonly string[] =>
  allowed(methods.flatMap((method) => TABLE[method] ?? [])).filter((action) => OPENING.test(action));

describe('the table of permissions', () => {
  it.each(Object.entries(ENTRIES))('allows %s exactly the calls that its code makes', (method, file) => {
    const asked = (TABLE[method] ?? []).filter((grant) => !isTagging(grant));
    const [path = '', name] = file.split('#');
    expect(allowed(asked)).toEqual([...commandsIn(path, name === undefined ? 'all' : [name])].toSorted());
  });

  it('covers every command that the adapters import', () => {
    const commands = FILES.flatMap((file) =>
      importsOf(readFileSync(join(AWS, file), 'utf8')).flatMap(({ from, names }) =>
        names.filter((name) => name.endsWith('Command')).map((name) => actionOf(SERVICES[from], name)),
      ),
    );
    const granted = allowed(
      Object.values(TABLE)
        .flat()
        .filter((grant) => !isTagging(grant)),
    );
    expect([...new Set(commands)].filter((command) => !PERSONAL.has(command)).toSorted()).toEqual(granted);
  });

  it('knows the service of every client that is imported', () => {
    const clients = FILES.flatMap((file) =>
      importsOf(readFileSync(join(AWS, file), 'utf8')).flatMap(({ from }) =>
        from.startsWith('@aws-sdk/client-') ? [from] : [],
      ),
    );
    expect(Object.keys(SERVICES)).toEqual(expect.arrayContaining([...new Set(clients)]));
  });

  it('has no way to open anything but for the function that grants', () => {
    expect(opening(Object.keys(TABLE).filter((method) => !method.startsWith('grants.')))).toEqual([]);
    const others = Object.values(FUNCTIONS).filter(({ name }) => name !== FUNCTIONS.onGrant.name);
    expect(others.map(({ uses }) => opening(uses))).toEqual(others.map(() => []));
    expect(opening(FUNCTIONS.onGrant.uses)).not.toEqual([]);
  });

  it('lets the schedule neither grant nor remove, and whoever grants remove only what EC2 put into its own groups', () => {
    const ec2Of = ({ uses }: FunctionSpec) => allowed(uses.flatMap((method) => TABLE[method] ?? []));
    expect(
      ec2Of(FUNCTIONS.onSchedule).filter((action) => action.startsWith('ec2:') && !/^ec2:(Describe|Get)/.test(action)),
    ).toEqual([]);
    const removing = FUNCTIONS.onGrant.uses
      .flatMap((method) => TABLE[method] ?? [])
      .filter(({ actions }) => actions.some((action) => /Revoke|Delete/.test(action)));
    const having = (tag: string) => ({ Null: { [`aws:ResourceTag/${tag}`]: 'false' } });
    expect(removing.map(({ actions, when }) => [actions, when])).toEqual([
      [['ec2:RevokeSecurityGroupEgress'], having(REPLACEMENT_TAG)],
      [['ec2:RevokeSecurityGroupEgress'], having(CANARY_TAG)],
      [['ec2:DeleteSecurityGroup'], having(REPLACEMENT_TAG)],
    ]);
  });

  it('keeps the functions that strangers call to partitions in which no exemption and no remediation is', () => {
    const partitionsOf = ({ uses }: FunctionSpec) =>
      uses
        .flatMap((method) => TABLE[method] ?? [])
        .filter(({ actions }) => actions.some((action) => action.startsWith('dynamodb:')))
        .map(({ when }) => when?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys']);
    const isWithin = (patterns: readonly string[], subject: string) =>
      patterns.some((pattern) =>
        new RegExp(`^${pattern.replaceAll('?', '.').replaceAll('*', '.*')}$`, 's').test(subject),
      );
    for (const spec of [FUNCTIONS.onAction, FUNCTIONS.onAlert]) {
      const [partitions] = partitionsOf(spec);
      if (partitions === undefined || typeof partitions === 'string') throw new Error(`${spec.name}: no partitions`);
      expect(new Set(partitionsOf(spec).map((one) => JSON.stringify(one))).size).toBe(1);
      for (const subject of [
        'account',
        'sg-0a1b2c3d',
        'sg-00000000000000001',
        'pl-00000000000000001',
        'storm#2026-01-02T03:04',
        'unconfirmed',
      ])
        expect(isWithin(partitions, subject)).toBe(false);
      const own = spec === FUNCTIONS.onAction ? ['presses'] : Object.values(messages()).map(({ thread }) => thread);
      for (const subject of own) expect(isWithin(partitions, subject)).toBe(true);
    }
  });

  it('lets nobody tag what is there already', () => {
    const tagging = Object.values(TABLE)
      .flat()
      .filter(({ actions }) => actions.includes('ec2:CreateTags'));
    expect(tagging.filter((grant) => !isTagging(grant))).toEqual([]);
  });

  it('names no action by a pattern', () => {
    expect(allowed(Object.values(TABLE).flat()).filter((action) => action.includes('*'))).toEqual([]);
  });
});
