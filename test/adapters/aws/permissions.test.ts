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
 * Where the code of a port method begins: a file and a declaration in it. The calls are those of all that the
 * declaration uses.
 */
const ENTRIES: Readonly<Record<keyof typeof PERMISSIONS, string>> = {
  'groups.fetchSnapshot': 'ec2/list-groups.ts#listReadableGroups',
  'census.page': 'ec2/list-groups.ts#census',
  'networks.cidrs': 'ec2/facts/account-wide.ts#describeVpcCidrs',
  'functions.list': 'lambda.ts#listFunctions',
  'groups.revoke': 'ec2/revoke.ts#revoke',
  'grants.authorize': 'ec2/authorize.ts#authorize',
  'grants.createGroup': 'ec2/grants.ts#createGroup',
  'grants.deleteGroup': 'ec2/grants.ts#deleteGroup',
  'grants.attach': 'ec2/grants.ts#attach',
  'vpcs.defaultVpcId': 'ec2/describe.ts#vpcs',
  'sweepQueue.continueSweep': 'lambda.ts#sweepQueue',
  'grantQueue.requestGrants': 'lambda.ts#grantQueue',
  'canaryQueue.requestMarker': 'lambda.ts#canaries',
  'reevaluation.requestApproved': 'lambda.ts#reevaluationQueue',
  'reevaluation.requestEvaluation': 'lambda.ts#reevaluationQueue',
  'reevaluation.requestRevokeOfGrants': 'lambda.ts#reevaluationQueue',
  'reevaluation.requestReplay': 'lambda.ts#reevaluationQueue',
  'trail.findChange': 'cloudtrail.ts#trailIn',
  'confirmations.add': 'dynamodb/confirmations.ts#putUnconfirmed',
  'confirmations.pending': 'dynamodb/confirmations.ts#readUnconfirmed',
  'confirmations.remove': 'dynamodb/confirmations.ts#deleteUnconfirmed',
  'ledger.reserve': 'dynamodb/ledger/reserve.ts#reservePlan',
  'ledger.settle': 'dynamodb/ledger/reserve.ts#settlePlan',
  'ledger.find': 'dynamodb/ledger/read.ts#readEntry',
  'ledger.entries': 'dynamodb/ledger/read.ts#readEntries',
  'ledger.stateOf': 'dynamodb/ledger/state.ts#readState',
  'ledger.findById': 'dynamodb/ledger/read.ts#readEntryById',
  'ledger.newest': 'dynamodb/ledger/read.ts#readNewest',
  'ledger.waiting': 'dynamodb/ledger/read.ts#readWaiting',
  'ledger.withOpenAnswer': 'dynamodb/ledger/read.ts#readAnswered',
  'ledger.abandoned': 'dynamodb/ledger/read.ts#readAbandoned',
  'ledger.completeAnswer': 'dynamodb/ledger/notes.ts#noteAnswerDone',
  'ledger.recordAnswer': 'dynamodb/ledger/notes.ts#writeAnswer',
  'ledger.recordGrant': 'dynamodb/ledger/notes.ts#noteGrant',
  'ledger.recordStep': 'dynamodb/ledger/notes.ts#noteStep',
  'budget.spend': 'dynamodb/budget.ts#spendBudget',
  'budget.resume': 'dynamodb/budget.ts#resumeBudget',
  'exemptions.active': 'dynamodb/exemptions.ts#readActiveExemptions',
  'exemptions.all': 'dynamodb/exemptions.ts#readAllExemptions',
  'exemptions.find': 'dynamodb/exemptions.ts#findExemption',
  'exemptions.put': 'dynamodb/exemptions.ts#putExemption',
  'episodes.record': 'dynamodb/episodes.ts#recordEpisodes',
  'episodes.of': 'dynamodb/episodes.ts#readEpisodes',
  'records.get': 'dynamodb/group-records.ts#readRecords',
  'records.begin': 'dynamodb/group-records.ts#beginRecord',
  'records.change': 'dynamodb/group-records.ts#changeRecord',
  'records.scheduleRecheck': 'dynamodb/group-records.ts#scheduleRecheck',
  'records.dueForRecheck': 'dynamodb/group-records.ts#readDueRecords',
  'records.completeRecheck': 'dynamodb/group-records.ts#completeRecheck',
  'deliveries.claim': 'dynamodb/deliveries.ts#claimThread',
  'deliveries.posted': 'dynamodb/deliveries.ts#recordPosted',
  'deliveries.delivered': 'dynamodb/deliveries.ts#recordDelivered',
  'deliveries.release': 'dynamodb/deliveries.ts#releaseThread',
  'undelivered.take': 'sqs/undelivered-alerts.ts#take',
  'undelivered.done': 'sqs/undelivered-alerts.ts#done',
  'secrets.read': 'secrets-manager.ts#secretStore',
  'bursts.admit': 'dynamodb/bursts.ts#admitOutcome',
  'bursts.finished': 'dynamodb/bursts.ts#closedBursts',
  'bursts.remove': 'dynamodb/bursts.ts#removeFromDue',
  'notifier.publish': 'sns.ts#notices',
  'notifier.notify': 'sns.ts#notices',
  'notifier.chat': 'sns.ts#notices',
  'account.alias': 'iam.ts#accountAlias',
  'findings.publish': 'eventbridge.ts#ownEvents',
  'findings.import': 'security-hub.ts#securityHub',
  'compliance.put': 'config.ts#putEvaluations',
  'compliance.itemAt': 'config.ts#itemAt',
  'actions.record': 'dynamodb/actions.ts#putAction',
  'actions.find': 'dynamodb/actions.ts#findAction',
  'actions.claim': 'dynamodb/actions.ts#claimAction',
  'actions.complete': 'dynamodb/actions.ts#completeAction',
  'worker.later': 'lambda.ts#invokeLater',
  'grant.obey': 'lambda.ts#commandClient',
  'recorders.list': 'config.ts#recorders',
  'callers.verify': 'sts.ts#stsCallers',
  'runtimeSwitch.ceiling': 'ssm.ts#runtimeSwitch',
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

/**
 * The declarations of a file by name, without comments. A line that begins a declaration separates it from
 * the one before.
 */
function declarations(source: string): ReadonlyMap<string, string> {
  return new Map(
    source
      .replace(/\/\*\*[\s\S]*?\*\/|\/\/ .*/g, '')
      .split(/\n(?=(?:export )?(?:async )?(?:function\*?|const) )/)
      .map((text) => [/(?:function\*?|const) (\w+)/.exec(text)?.[1] ?? '', text] as const),
  );
}

/** Commands constructed in the named declarations of a file, in those they use, and in what they import. */
function commandsIn(file: string, names: readonly string[], seen = new Set<string>()): ReadonlySet<string> {
  const source = readFileSync(join(AWS, file), 'utf8');
  const parts = declarations(source);
  const imports = importsOf(source);
  const found = new Set<string>();
  const pending = [...names];
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
    const [path = '', name = ''] = file.split('#');
    expect(allowed(asked)).toEqual([...commandsIn(path, [name])].toSorted());
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
        'burst#2026-01-02T03:04',
        'unconfirmed',
      ])
        expect(isWithin(partitions, subject)).toBe(false);
      const own = spec === FUNCTIONS.onAction ? ['actions'] : Object.values(messages()).map(({ thread }) => thread);
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
