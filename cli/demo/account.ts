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
import { sendCommand } from '../../shared/adapters/aws/lambda/command-client.ts';
import { doorName } from '../../shared/catalogue.ts';
import type { Command, CommandResult } from '../../shared/domain/requests/command.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { ruleFromSdk } from '../../shared/events/describe/sdk.ts';
import { ACTORS, type Actor } from './actors.ts';

/** The calls that the demonstration makes, through the SDK as anybody would. Each answers with the rules that the call brought. */
export interface DemoAccount {
  authorize(actor: Actor, groupName: string, ...permissions: readonly IpPermission[]): Promise<readonly Rule[]>;
  modify(actor: Actor, rule: Rule, to: SecurityGroupRuleRequest): Promise<readonly Rule[]>;
  createVpc(actor: Actor, cidr: string): Promise<readonly Rule[]>;
  prefixListId(name: string): Promise<string>;
  /** Puts a command before the cell, as the command line does. */
  ask(actor: Actor, command: Command): Promise<CommandResult>;
  /** Every rule of the account, by group name. */
  rules(): Promise<ReadonlyMap<string, readonly Rule[]>>;
}

const groupsOf = async (ec2: EC2Client, name: string, vpcId?: string) => {
  const inVpc = vpcId === undefined ? [] : [{ Name: 'vpc-id', Values: [vpcId] }];
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: [name] }, ...inVpc] }),
  );
  return SecurityGroups.map(({ GroupId = '' }) => GroupId);
};

const rulesOf = async (ec2: EC2Client, groupIds: readonly string[]): Promise<readonly Rule[]> => {
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [...groupIds] }] }),
  );
  return SecurityGroupRules.map(ruleFromSdk);
};

const allRules = async (ec2: EC2Client): Promise<ReadonlyMap<string, readonly Rule[]>> => {
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
};

/** The account behind an endpoint. */
export const demoAccount = (endpoint: string, region: string): DemoAccount => {
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
};
