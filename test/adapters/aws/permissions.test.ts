import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Grant, PERMISSIONS } from '../../../shared/adapters/aws/permissions.ts';
import { FUNCTIONS, type FunctionSpec } from '../../../shared/catalogue.ts';
import { CANARY_TAG } from '../../../shared/domain/canary.ts';
import { REPLACEMENT_TAG } from '../../../shared/domain/ec2.ts';
import { messages } from '../../notifications/compose/samples.ts';

const AWS = join(import.meta.dirname, '../../../shared/adapters/aws');
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

function actionOf(service: string | undefined, command: string): string {
  const name = `${service}:${command.replace(/Command$/, '')}`;
  return ACTIONS[name] ?? name;
}

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
  'groups.look': 'ec2/list-groups.ts',
  'census.page': 'ec2/census.ts',
  'networks.cidrs': 'ec2/facts/vpc-cidrs.ts',
  'relay.goOn': 'lambda/sweep-relay.ts',
  'functions.list': 'ec2/facts/functions.ts',
  'groups.revoke': 'ec2/revoke.ts',
  'grants.authorize': 'ec2/grants/authorize.ts',
  'grants.createGroup': 'ec2/grants/create.ts',
  'grants.deleteGroup': 'ec2/grants/delete.ts',
  'grants.attach': 'ec2/grants/attach.ts',
  'vpcs.home': 'ec2/vpcs.ts',
  'handover.follow': 'lambda/handover.ts',
  'canaries.put': 'dynamodb/canaries.ts',
  'reexamine.release': 'lambda/reexamine.ts',
  'reexamine.look': 'lambda/reexamine.ts',
  'reexamine.takeBack': 'lambda/reexamine.ts',
  'reexamine.replay': 'lambda/reexamine.ts',
  'trail.changeOf': 'cloudtrail/trail.ts',
  'confirmations.wait': 'dynamodb/confirmations.ts#wait',
  'confirmations.waiting': 'dynamodb/confirmations.ts#waiting',
  'confirmations.done': 'dynamodb/confirmations.ts#done',
  'ledger.reserve': 'dynamodb/ledger/reserve.ts',
  'ledger.find': 'dynamodb/ledger/entries.ts',
  'ledger.settle': 'dynamodb/ledger/settle.ts',
  'ledger.entries': 'dynamodb/ledger/entries.ts',
  'ledger.unsettled': 'dynamodb/ledger/entries.ts',
  'register.byId': 'dynamodb/ledger/history.ts',
  'register.newest': 'dynamodb/ledger/history.ts',
  'register.waiting': 'dynamodb/ledger/due.ts',
  'register.answered': 'dynamodb/ledger/due.ts',
  'register.noteCarried': 'dynamodb/ledger/carried.ts',
  'register.abandoned': 'dynamodb/ledger/due.ts',
  'register.answer': 'dynamodb/ledger/answer.ts',
  'register.noteFollowUp': 'dynamodb/ledger/notes.ts',
  'ledger.noteProgress': 'dynamodb/ledger/notes.ts',
  'budget.take': 'dynamodb/budget/take.ts',
  'budget.resume': 'dynamodb/budget/resume.ts',
  'exemptions.live': 'dynamodb/exemptions/live.ts',
  'exemptions.all': 'dynamodb/exemptions/all.ts',
  'exemptions.find': 'dynamodb/exemptions/find.ts',
  'exemptions.put': 'dynamodb/exemptions/put.ts',
  'episodes.record': 'dynamodb/episodes/record.ts',
  'episodes.of': 'dynamodb/episodes/of.ts',
  'records.of': 'dynamodb/group-records/read.ts',
  'records.begin': 'dynamodb/group-records/write.ts',
  'records.change': 'dynamodb/group-records/write.ts',
  'records.lookAgain': 'dynamodb/group-records/write.ts',
  'records.due': 'dynamodb/group-records/due.ts',
  'records.lookedAt': 'dynamodb/group-records/write.ts',
  'deliveries.claim': 'dynamodb/deliveries/claim.ts',
  'deliveries.posted': 'dynamodb/deliveries/note.ts',
  'deliveries.delivered': 'dynamodb/deliveries/note.ts',
  'deliveries.release': 'dynamodb/deliveries/release.ts',
  'undelivered.take': 'sqs/undelivered-alerts.ts#take',
  'undelivered.done': 'sqs/undelivered-alerts.ts#done',
  'keys.read': 'secrets-manager/secrets.ts',
  'storms.admit': 'dynamodb/bursts/admit.ts',
  'storms.over': 'dynamodb/bursts/over.ts',
  'storms.told': 'dynamodb/bursts/told.ts',
  'notices.publish': 'sns/notices.ts',
  'notices.announce': 'sns/notices.ts',
  'account.alias': 'iam/account-alias.ts',
  'notices.chat': 'sns/notices.ts',
  'findings.publish': 'eventbridge/own-events.ts',
  'findings.import': 'security-hub/security-hub.ts',
  'compliance.put': 'config/compliance-put.ts',
  'compliance.itemAt': 'config/compliance-item.ts',
  'presses.record': 'dynamodb/actions/record.ts',
  'presses.find': 'dynamodb/actions/find.ts',
  'presses.claim': 'dynamodb/actions/claim.ts',
  'presses.ended': 'dynamodb/actions/ended.ts',
  'worker.later': 'lambda/invoke.ts',
  'grant.obey': 'lambda/command-client.ts',
  'recorders.list': 'config/recorders.ts',
  'callers.prove': 'sts/proof-check.ts',
  'switch.ceiling': 'ssm/switch.ts',
};

interface Import {
  readonly from: string;
  readonly names: readonly string[];
}

function importsOf(source: string): readonly Import[] {
  return Array.from(source.matchAll(/import (?!type)\{([^}]*)\} from '([^']+)'/g), ([, names = '', from = '']) => ({
    from,
    names: names
      .split(',')
      .flatMap((name) => (name.trim() === '' || name.trim().startsWith('type ') ? [] : [name.trim()])),
  }));
}

/** The exported function of a file, by name, or the file as a whole: declarations are separated by lines that begin a new one. */
function declarations(source: string): ReadonlyMap<string, string> {
  return new Map(
    source
      .split(/\n(?=(?:export )?(?:async )?(?:function\*?|const) )/)
      .map((text) => [/(?:function\*?|const) (\w+)/.exec(text)?.[1] ?? '', text] as const),
  );
}

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

function allowed(grants: readonly Grant[]): readonly string[] {
  return [...new Set(grants.flatMap((grant) => grant.actions))].toSorted();
}

/** Tags are set by the call that makes the resource; IAM asks for them apart. */
function isTagging({ actions, when }: Grant): boolean {
  return (
    actions.every((action) => action === 'ec2:CreateTags') && when?.['StringEquals']?.['ec2:CreateAction'] !== undefined
  );
}

const TABLE: Readonly<Record<string, readonly Grant[]>> = PERMISSIONS;

/** Actions that make a group let through more, or something of another group. */
const OPENING = /^ec2:(Authorize|Modify|Create|Delete|Update|Associate)/;

function opening(methods: readonly string[]): readonly string[] {
  return allowed(methods.flatMap((method) => TABLE[method] ?? [])).filter((action) => OPENING.test(action));
}

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
