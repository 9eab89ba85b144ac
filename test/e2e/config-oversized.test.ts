import {
  ConfigServiceClient,
  GetComplianceDetailsByResourceCommand,
  PutConfigRuleCommand,
  StartConfigRulesEvaluationCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionName, RECORDER_CHECK } from '../../shared/catalogue.ts';
import { openShop } from './shop.ts';

/**
 * Number of interfaces. Each adds about 150 bytes to the item of the group; an invocation has at most 262,144
 * bytes.
 */
const INTERFACES = 2000;

const CACHE = { direction: 'ingress', protocol: 'tcp', ports: 6379, source: '0.0.0.0/0' } as const;

let shop: Awaited<ReturnType<typeof openShop>>;
let config: ConfigServiceClient;

beforeAll(async () => {
  const interfaces = Array.from({ length: INTERFACES }, () => ({ description: 'web' }));
  const groups = [{ name: 'everywhere', rules: [CACHE], interfaces }, { name: 'closed' }];
  shop = await openShop({ config: true, estate: { vpcs: [{ name: 'shop', cidr: '10.20.0.0/16', groups }] } });
  config = new ConfigServiceClient(shop.settings());
  await shop.delivery.drain();
});
afterAll(() => shop.close());

async function said(name: string, rule: string) {
  const question = { ResourceType: 'AWS::EC2::SecurityGroup', ResourceId: shop.groupId(name) };
  const { EvaluationResults = [] } = await config.send(new GetComplianceDetailsByResourceCommand(question));
  const one = EvaluationResults.find(
    ({ EvaluationResultIdentifier: identifier }) => identifier?.EvaluationResultQualifier?.ConfigRuleName === rule,
  );
  return [one?.ComplianceType, one?.Annotation];
}

const OPEN = 'world-open-cache: tcp 6379 (Redis) is open to 100 % of the internet (ingress tcp 6379 from 0.0.0.0/0)';

describe('AWS Config and on-config', () => {
  it('evaluate a group whose item is too large for the invocation, from its history', async () => {
    expect(await said('everywhere', 'Portcullis-cache')).toEqual(['NON_COMPLIANT', OPEN]);
    const asked = shop.local.calls.filter(({ operation }) => operation === 'GetResourceConfigHistory');
    expect(asked.length).toBeGreaterThan(0);
    expect(shop.delivery.failures).toEqual([]);
  });

  it('evaluate every group if a rule has a schedule', async () => {
    const ConfigRule = {
      ConfigRuleName: 'every-day',
      InputParameters: JSON.stringify({ family: 'cache' }),
      Source: {
        Owner: 'CUSTOM_LAMBDA' as const,
        SourceIdentifier: `arn:aws:lambda:eu-west-1:111122223333:function:${functionName('onConfig')}`,
        SourceDetails: [
          {
            EventSource: 'aws.config' as const,
            MessageType: 'ScheduledNotification' as const,
            MaximumExecutionFrequency: 'TwentyFour_Hours' as const,
          },
        ],
      },
    };
    await config.send(new PutConfigRuleCommand({ ConfigRule }));
    await config.send(new StartConfigRulesEvaluationCommand({ ConfigRuleNames: ['every-day'] }));
    await shop.delivery.drain();
    const found = ['NON_COMPLIANT', expect.stringMatching(/^world-open-cache: .*sgr-/)];
    expect(await said('everywhere', 'every-day')).toEqual(found);
    expect(await said('closed', 'every-day')).toEqual(['COMPLIANT', 'Nothing found by world-open-cache.']);
    expect(shop.delivery.failures).toEqual([]);
  });

  it('notify people once a day if the recorder has stopped', async () => {
    const check = async () => {
      shop.local.functions.invokeLater(functionName('onConfig'), 'eu-west-1', RECORDER_CHECK.request);
      await shop.delivery.drain();
    };
    const told = () =>
      shop.local.messages.filter(({ message }) => message.includes('The recorder default is stopped.'));
    await check();
    expect(told()).toEqual([]);
    await config.send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }));
    await check();
    expect(told()).toHaveLength(1);
    expect(shop.delivery.failures).toEqual([]);
  });
});
