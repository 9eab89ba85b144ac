import {
  ConfigServiceClient,
  GetComplianceDetailsByResourceCommand,
  StartConfigRulesEvaluationCommand,
} from '@aws-sdk/client-config-service';
import { DeleteSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTROLS } from '../../shared/catalogue.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { openShop, tcp } from './shop.ts';

let shop: Awaited<ReturnType<typeof openShop>>;
let config: ConfigServiceClient;
let ssm: SSMClient;

beforeAll(async () => {
  const policy = compilePolicy('version: 1\npreset: strict\n', 'strict.yaml', CONTROLS);
  shop = await openShop({ policy, config: true });
  config = new ConfigServiceClient(shop.settings());
  ssm = new SSMClient(shop.settings());
  await shop.delivery.drain();
  // Each rule evaluates each group at once when it is put: as many containers as there are calls.
});
afterAll(async () => {
  await shop.close();
});

async function said(groupId: string, family: string) {
  const question = { ResourceType: 'AWS::EC2::SecurityGroup', ResourceId: groupId };
  const { EvaluationResults = [] } = await config.send(new GetComplianceDetailsByResourceCommand(question));
  const one = EvaluationResults.find(
    ({ EvaluationResultIdentifier: identifier }) =>
      identifier?.EvaluationResultQualifier?.ConfigRuleName === `Portcullis-${family}`,
  );
  return { verdict: one?.ComplianceType, annotation: one?.Annotation };
}

async function verdicts(groupId: string, families: readonly string[]) {
  return Promise.all(families.map(async (family) => (await said(groupId, family)).verdict));
}

async function switchTo(Value: string | undefined) {
  const Name = '/portcullis/Portcullis/switch';
  await (Value === undefined
    ? ssm.send(new DeleteParameterCommand({ Name }))
    : ssm.send(new PutParameterCommand({ Name, Type: 'String', Value, Overwrite: true })));
  // The functions keep what they read for 15 s.
  await shop.clock.advance(15_500);
}

function noticesAbout(groupId: string) {
  return shop.local.messages.filter(({ message }) => message.includes(groupId));
}

/** Calls of AWS Config's that on-config gave up. */
function refused() {
  return shop.delivery.failures.filter(({ event }) => 'resultToken' in Object(event));
}

describe('AWS Config and the cell', () => {
  it('shows a group as it is: open while people are only told, closed once it is closed, gone when it is deleted', async () => {
    const app = shop.groupId('app');
    expect(await verdicts(app, ['admin', 'cache', 'tiers'])).toEqual(['COMPLIANT', 'COMPLIANT', 'COMPLIANT']);
    await switchTo(
      JSON.stringify({
        mode: 'alert',
        until: new Date(shop.clock.now() + 3_600_000).toISOString(),
        reason: 'game day',
      }),
    );
    await shop.authorize('app', tcp(6379, '0.0.0.0/0'));
    await shop.delivery.drain();
    expect(await said(app, 'cache')).toEqual({
      verdict: 'NON_COMPLIANT',
      annotation:
        'world-open-cache: tcp 6379 (Redis) is open to 100 % of the internet (ingress tcp 6379 from 0.0.0.0/0)',
    });
    expect(await verdicts(app, ['admin', 'database'])).toEqual(['COMPLIANT', 'COMPLIANT']);
    const told = shop.local.messages.length;
    await switchTo(undefined);
    await config.send(new StartConfigRulesEvaluationCommand({ ConfigRuleNames: ['Portcullis-cache'] }));
    await shop.delivery.drain();
    expect(await shop.rules('app')).toHaveLength(2);
    expect(await said(app, 'cache')).toMatchObject({ verdict: 'COMPLIANT' });
    expect(shop.local.messages.length).toBe(told + 1);
    await shop.ec2.send(new DeleteSecurityGroupCommand({ GroupId: app }));
    await shop.delivery.drain();
    expect(await verdicts(app, ['admin', 'cache', 'sprawl'])).toEqual(
      Array.from({ length: 3 }, () => 'NOT_APPLICABLE'),
    );
    expect(refused()).toEqual([]);
  });

  it('is told twice and acts once where the event came as well', async () => {
    const web = shop.groupId('web');
    const before = noticesAbout(web).length;
    await shop.authorize('web', tcp(22, '0.0.0.0/0'));
    await shop.delivery.drain();
    expect(await said(web, 'admin')).toMatchObject({ verdict: 'COMPLIANT' });
    expect(noticesAbout(web).length).toBe(before + 1);
    expect(refused()).toEqual([]);
  });

  it('closes what no event told of, and tells people once', async () => {
    shop.delivery.stop();
    const web = shop.groupId('web');
    const [before, events] = [noticesAbout(web).length, shop.delivery.delivered()];
    const [added] = await shop.authorize('web', tcp(3306, '0.0.0.0/0'));
    await shop.delivery.drain();
    expect(shop.delivery.delivered()).toBe(events);
    expect((await shop.rules('web')).map((rule) => rule.SecurityGroupRuleId)).not.toContain(added?.SecurityGroupRuleId);
    expect(noticesAbout(web).length).toBe(before + 1);
    expect(await said(web, 'database')).toMatchObject({ verdict: 'COMPLIANT' });
  });
});
