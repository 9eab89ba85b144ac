import {
  AuthorizeSecurityGroupIngressCommand,
  CreateVpcCommand,
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
  type SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Principals } from '../../infra/local/state/principals.ts';
import { sendCommand } from '../../shared/adapters/aws/lambda.ts';
import { doorName } from '../../shared/catalogue.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { ruleFromSdk } from '../../shared/events/describe/group.ts';

function role(name: string, session: string) {
  return {
    type: 'AssumedRole' as const,
    arn: `arn:aws:sts::111122223333:assumed-role/${name}/${session}`,
    name: session,
  };
}

/** The actors of the demonstration with their access keys. */
const ACTORS = {
  alice: 'AKIADEMOALICE0000000',
  terraform: 'AKIADEMOTERRAFORM000',
  stack: 'AKIADEMOSTACK0000000',
  mallory: 'AKIADEMOMALLORY00000',
} as const;

type Actor = keyof typeof ACTORS;

/** The identities of the actors, as CloudTrail describes them. */
export const PRINCIPALS: Principals = {
  [ACTORS.alice]: {
    ...role('AWSReservedSSO_Developer_0123456789abcdef', 'alice@example.com'),
    userAgent: 'console.ec2.amazonaws.com',
    viaConsole: true,
  },
  [ACTORS.terraform]: {
    ...role('deploy', 'pipeline-4711'),
    sourceIp: '203.0.113.77',
    userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.0 (+https://www.terraform.io) terraform-provider-aws/5.70.0',
  },
  [ACTORS.stack]: {
    ...role('cfn-deploy', 'bob@example.com'),
    sourceIp: 'AWS Internal',
    userAgent: 'AWS Internal',
    invokedBy: 'cloudformation.amazonaws.com',
  },
  [ACTORS.mallory]: {
    type: 'IAMUser',
    arn: 'arn:aws:iam::111122223333:user/build-bot',
    name: 'build-bot',
    sourceIp: '192.0.2.66',
    userAgent: 'aws-cli/2.30.1 md/awscrt#0.27 exec-env/none',
  },
};

/** The calls of the demonstration, made through the SDK. Each returns the rules that it added. */
export interface DemoAccount {
  authorize(actor: Actor, groupName: string, ...permissions: readonly IpPermission[]): Promise<readonly Rule[]>;
  modify(actor: Actor, rule: Rule, to: SecurityGroupRuleRequest): Promise<readonly Rule[]>;
  createVpc(actor: Actor, cidr: string): Promise<readonly Rule[]>;
  prefixListId(name: string): Promise<string>;
  /** Sends a command to the cell, as the command line does. */
  ask(actor: Actor, command: Command): Promise<CommandResult>;
  /** Every rule of the account, by group name. */
  rules(): Promise<ReadonlyMap<string, readonly Rule[]>>;
}

async function groupsOf(ec2: EC2Client, name: string, vpcId?: string) {
  const inVpc = vpcId === undefined ? [] : [{ Name: 'vpc-id', Values: [vpcId] }];
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: [name] }, ...inVpc] }),
  );
  return SecurityGroups.map(({ GroupId = '' }) => GroupId);
}

async function rulesOf(ec2: EC2Client, groupIds: readonly string[]): Promise<readonly Rule[]> {
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [...groupIds] }] }),
  );
  return SecurityGroupRules.map(ruleFromSdk);
}

async function allRules(ec2: EC2Client): Promise<ReadonlyMap<string, readonly Rule[]>> {
  const [{ SecurityGroups = [] }, { SecurityGroupRules = [] }] = await Promise.all([
    ec2.send(new DescribeSecurityGroupsCommand({})),
    ec2.send(new DescribeSecurityGroupRulesCommand({})),
  ]);
  const rules = SecurityGroupRules.map(ruleFromSdk);
  return new Map(
    SecurityGroups.map(({ GroupId = '', GroupName = '', VpcId = '' }) => [
      GroupName === 'default' ? `default of ${VpcId}` : GroupName,
      rules.filter(({ groupId }) => groupId === GroupId),
    ]),
  );
}

/** A client of the account at an endpoint. */
export function demoAccount(endpoint: string, region: string): DemoAccount {
  const configOf = (accessKeyId: string) => ({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey: 'not-checked' },
  });
  const clients = new Map(
    Object.entries(ACTORS).map(([name, accessKeyId]) => [name, new EC2Client(configOf(accessKeyId))]),
  );
  const as = (actor: Actor) => clients.get(actor) ?? new EC2Client({ endpoint, region });
  return {
    async authorize(actor, groupName, ...permissions) {
      const [GroupId = ''] = await groupsOf(as(actor), groupName);
      const command = new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [...permissions] });
      const { SecurityGroupRules = [] } = await as(actor).send(command);
      return SecurityGroupRules.map(ruleFromSdk);
    },
    async modify(actor, { id = '', groupId }, to) {
      const SecurityGroupRules = [{ SecurityGroupRuleId: id, SecurityGroupRule: to }];
      await as(actor).send(new ModifySecurityGroupRulesCommand({ GroupId: groupId, SecurityGroupRules }));
      return (await rulesOf(as(actor), [groupId])).filter((rule) => rule.id === id);
    },
    async createVpc(actor, cidr) {
      const { Vpc } = await as(actor).send(new CreateVpcCommand({ CidrBlock: cidr }));
      return await rulesOf(as(actor), await groupsOf(as(actor), 'default', Vpc?.VpcId));
    },
    async prefixListId(name) {
      const Filters = [{ Name: 'prefix-list-name', Values: [name] }];
      const { PrefixLists = [] } = await as('alice').send(new DescribeManagedPrefixListsCommand({ Filters }));
      return PrefixLists[0]?.PrefixListId ?? '';
    },
    ask: async (actor, command) =>
      await sendCommand(new LambdaClient(configOf(ACTORS[actor])), doorName('onGrant', 'requests'), command),
    rules: async () => await allRules(as('alice')),
  };
}
