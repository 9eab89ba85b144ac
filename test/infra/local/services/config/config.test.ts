import {
  ConfigServiceClient,
  DescribeComplianceByConfigRuleCommand,
  DescribeConfigRulesCommand,
  DescribeConfigurationRecordersCommand,
  type Evaluation,
  GetComplianceDetailsByConfigRuleCommand,
  GetResourceConfigHistoryCommand,
  PutConfigRuleCommand,
  PutConfigurationRecorderCommand,
  PutEvaluationsCommand,
  type RecordingGroup,
  StartConfigRulesEvaluationCommand,
  StartConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { AuthorizeSecurityGroupIngressCommand, DeleteSecurityGroupCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../../../infra/local/start.ts';
import { readConfigRequest } from '../../../../../shared/events/config.ts';
import { clientConfig, ec2Client, vpcWithGroup } from '../../local-client.ts';

let local: LocalAccount;
let config: ConfigServiceClient;
let ec2: EC2Client;
let events: { readonly resultToken: string; readonly invokingEvent: string }[];

beforeEach(async () => {
  local = await startLocalAccount();
  [config, ec2, events] = [new ConfigServiceClient(clientConfig(local)), ec2Client(local), []];
  local.functions.deploy({ name: 'judge', target: async (event) => void events.push(Object(event)), timeoutMs: 1000 });
});
afterEach(() => local.close());

function ConfigRule(name: string, MessageType: 'ConfigurationItemChangeNotification' | 'ScheduledNotification') {
  return {
    ConfigRuleName: name,
    InputParameters: '{"family":"admin"}',
    Source: {
      Owner: 'CUSTOM_LAMBDA' as const,
      SourceIdentifier: 'arn:aws:lambda:us-east-1:111122223333:function:judge',
      SourceDetails: [{ EventSource: 'aws.config' as const, MessageType }],
    },
  };
}

async function record(recordingGroup: RecordingGroup = {}) {
  await config.send(
    new PutConfigurationRecorderCommand({ ConfigurationRecorder: { name: 'default', recordingGroup } }),
  );
  await config.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
}

function putRule(name = 'admin') {
  return config.send(new PutConfigRuleCommand({ ConfigRule: ConfigRule(name, 'ConfigurationItemChangeNotification') }));
}

function open(GroupId: string) {
  return ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    }),
  );
}

function say(ResultToken: string, more: Partial<Evaluation> = {}, TestMode = false) {
  return config.send(
    new PutEvaluationsCommand({
      ResultToken,
      TestMode,
      Evaluations: [
        {
          ComplianceResourceType: 'AWS::EC2::SecurityGroup',
          ComplianceResourceId: 'sg-1',
          ComplianceType: 'COMPLIANT',
          OrderingTimestamp: new Date(1_000_000),
          ...more,
        },
      ],
    }),
  );
}

async function results() {
  return (
    (await config.send(new GetComplianceDetailsByConfigRuleCommand({ ConfigRuleName: 'admin' }))).EvaluationResults ??
    []
  );
}

describe('the recorder', () => {
  it('must run before rules can be created', async () => {
    await expect(putRule()).rejects.toThrow('Configuration recorder is not available');
    expect((await config.send(new DescribeConfigurationRecordersCommand({}))).ConfigurationRecorders).toEqual([]);
    await record();
    await putRule();
    const { ConfigRules = [] } = await config.send(new DescribeConfigRulesCommand({}));
    expect(ConfigRules).toEqual([expect.objectContaining({ ConfigRuleName: 'admin', ConfigRuleState: 'ACTIVE' })]);
  });

  it('records an item for each state of a group, and sends each item to the rule’s function', async () => {
    const { groupId } = await vpcWithGroup(ec2);
    await record();
    await putRule();
    await open(groupId);
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId }));
    await local.background.drain();
    const about = { resourceType: 'AWS::EC2::SecurityGroup', resourceId: groupId } as const;
    const { configurationItems = [] } = await config.send(new GetResourceConfigHistoryCommand(about));
    expect(configurationItems.map(({ configurationItemStatus }) => configurationItemStatus)).toEqual([
      'ResourceDeleted',
      'OK',
      'ResourceDiscovered',
    ]);
    const opened = events.map(readConfigRequest).flatMap(({ invocation: occasion }) => {
      const isIt = occasion.kind === 'item' && occasion.groupId === groupId;
      return isIt ? [occasion.group?.rules.filter(({ direction }) => direction === 'ingress').length] : [];
    });
    expect(opened).toContain(1);
    expect(opened).toContain(undefined);
  });

  it('has IPv4 sources twice, as AWS Config does', async () => {
    const { groupId } = await vpcWithGroup(ec2);
    await record();
    await open(groupId);
    const about = { resourceType: 'AWS::EC2::SecurityGroup', resourceId: groupId, limit: 1 } as const;
    const { configurationItems: [item] = [] } = await config.send(new GetResourceConfigHistoryCommand(about));
    expect(JSON.parse(item?.configuration ?? '').ipPermissions).toEqual([
      {
        fromPort: 22,
        toPort: 22,
        ipProtocol: 'tcp',
        ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }],
        ipRanges: ['0.0.0.0/0'],
        ipv6Ranges: [],
        prefixListIds: [],
        userIdGroupPairs: [],
      },
    ]);
  });

  it('calls a scheduled rule when its evaluation is started', async () => {
    await record();
    await config.send(new PutConfigRuleCommand({ ConfigRule: ConfigRule('all', 'ScheduledNotification') }));
    await local.background.drain();
    events.length = 0;
    await config.send(new StartConfigRulesEvaluationCommand({ ConfigRuleNames: ['all'] }));
    await local.background.drain();
    expect(events.map(readConfigRequest)).toEqual([
      expect.objectContaining({ invocation: expect.objectContaining({ kind: 'scheduled', region: 'us-east-1' }) }),
    ]);
  });
});

describe('evaluations', () => {
  let token: string;

  beforeEach(async () => {
    await vpcWithGroup(ec2);
    await record();
    await putRule();
    await local.background.drain();
    token = events[0]?.resultToken ?? '';
  });

  it('are ordered by their ordering timestamps, not by their arrival', async () => {
    await say(token, { ComplianceType: 'NON_COMPLIANT', OrderingTimestamp: new Date(2_000_000), Annotation: 'open' });
    await say(token, { ComplianceType: 'COMPLIANT', OrderingTimestamp: new Date(1_000_000) });
    expect(await results()).toEqual([expect.objectContaining({ ComplianceType: 'NON_COMPLIANT', Annotation: 'open' })]);
    const { ComplianceByConfigRules } = await config.send(new DescribeComplianceByConfigRuleCommand({}));
    expect(ComplianceByConfigRules?.[0]?.Compliance?.ComplianceType).toBe('NON_COMPLIANT');
  });

  it('are not stored in test mode', async () => {
    await say('TESTMODE', {}, true);
    expect(await results()).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['an unknown token', () => say('forged'), /token/i],
    ['a long annotation', () => say(token, { Annotation: 'x'.repeat(257) }), /256/],
    ['insufficient data', () => say(token, { ComplianceType: 'INSUFFICIENT_DATA' }), /INSUFFICIENT_DATA/],
  ])('are refused with %s', async (_what, attempt, words) => {
    await expect(attempt()).rejects.toThrow(words);
    expect(await results()).toEqual([]);
  });
});
