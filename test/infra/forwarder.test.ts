import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventMatches } from '../../infra/local/delivery/event-pattern.ts';
import { forwarderNames, forwarderTemplate } from '../../infra/stack/forwarder/template.ts';
import { type Resource, resourcesOf, type Template, templateOf } from '../../infra/synthesize.ts';
import { EVENT_PATTERNS, ofRegions } from '../../shared/catalogue.ts';

const HOME = 'eu-west-1';

function withRegions(...regions: string[]) {
  return templateOf({ homeRegion: HOME, regions });
}

const home = templateOf();
const two = withRegions('us-east-1', HOME, 'ap-east-1');

function stackSetOf(template: Template) {
  const [stackSet, ...more] = resourcesOf(template, 'AWS::CloudFormation::StackSet');
  expect(more).toEqual([]);
  return stackSet?.Properties;
}

function regionsIn(template: Template) {
  return Object(stackSetOf(template)?.['StackInstancesGroup'])[0]?.Regions;
}

const forwarder: Template = JSON.parse(JSON.stringify(forwarderTemplate('Portcullis')));

function patternsOf(rules: readonly Resource[]) {
  return rules.map(({ Properties }) => Properties['EventPattern']);
}

describe('a cell in several regions', () => {
  it('has a forwarder in each listed region except the home region', () => {
    expect(regionsIn(two)).toEqual(['us-east-1', 'ap-east-1']);
    expect(two.Outputs['Regions']).toEqual({ Value: `${HOME},us-east-1,ap-east-1` });
    // When an update of a StackSet omits a region, CloudFormation deletes the stack of that region.
    expect(regionsIn(withRegions('us-east-1'))).toEqual(['us-east-1']);
  });

  it('has neither a StackSet nor its roles if it has only one region', () => {
    for (const template of [home, withRegions(HOME)]) {
      expect(stackSetOf(template)).toBeUndefined();
      expect(JSON.stringify(template)).not.toContain('Forward');
    }
  });

  it('contains the forwarder’s template as text, which is below CloudFormation’s limit of 51,200 bytes', () => {
    const body = stackSetOf(two)?.['TemplateBody'];
    expect(JSON.parse(String(body))).toEqual(forwarder);
    expect(Buffer.byteLength(JSON.stringify(forwarderTemplate('a'.repeat(64))))).toBeLessThan(51_200);
  });

  it('deletes the roles of the forwarders after the last forwarder', () => {
    const { Resources } = two;
    const before = Object(Resources['Forwarders']).DependsOn;
    for (const id of ['ForwarderExecution', 'ForwarderAdministration', 'ForwarderRole'])
      expect(before).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`^${id}DefaultPolicy`))]));
  });

  it('allows CloudFormation to act for this StackSet only, with a separate principal in opt-in regions', () => {
    const roles = Object.entries(two.Resources);
    const administration = roles.find(([id]) => id.startsWith('ForwarderAdministration'))?.[1];
    const [statement] = Object(administration?.Properties['AssumeRolePolicyDocument']).Statement;
    expect(statement.Principal).toEqual({
      Service: ['cloudformation.amazonaws.com', 'cloudformation.ap-east-1.amazonaws.com'],
    });
    expect(JSON.stringify(statement.Condition)).toContain(':stackset/Portcullis-forwarders:*');
  });

  it('allows CloudFormation only resources in the regions whose names begin with the cell’s', () => {
    const policies = resourcesOf(two, 'AWS::IAM::Policy').filter(({ Properties }) =>
      JSON.stringify(Properties['Roles']).includes('ForwarderExecution'),
    );
    const statements = policies.flatMap(({ Properties }) => Object(Properties['PolicyDocument']).Statement);
    const everywhere = statements.filter(({ Resource: on }) => on === '*').flatMap(({ Action }) => Action);
    expect(everywhere).toEqual([
      'cloudformation:GetTemplateSummary',
      'cloudformation:ValidateTemplate',
      's3:GetObject',
      'sns:Publish',
    ]);
    for (const { Resource: on } of statements.filter((one) => one.Resource !== '*' && one.Action !== 'iam:PassRole'))
      expect(JSON.stringify(on)).toMatch(/Portcullis-(?:forwarders-)?\*"/);
  });

  it('notifies people of alarms of other regions, and not twice of its own', () => {
    const rule = resourcesOf(two, 'AWS::Events::Rule').find(({ Properties }) =>
      JSON.stringify(Properties['EventPattern'] ?? {}).includes('aws.cloudwatch'),
    );
    const pattern = Object(rule?.Properties['EventPattern']);
    const alarm = (region: string, value: string, alarmName = forwarderNames('Portcullis').alarm) => ({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      region,
      detail: { alarmName, state: { value } },
    });
    expect(eventMatches(pattern, alarm('us-east-1', 'ALARM'))).toBe(true);
    expect(eventMatches(pattern, alarm('us-east-1', 'OK'))).toBe(false);
    expect(eventMatches(pattern, alarm(HOME, 'ALARM'))).toBe(false);
    expect(eventMatches(pattern, alarm('us-east-1', 'ALARM', 'Other-undelivered-forwards'))).toBe(false);
    expect(JSON.stringify(rule?.Properties['Targets'])).toContain('"Alarms');
    const [own] = patternsOf(
      resourcesOf(forwarder, 'AWS::Events::Rule').filter(({ Properties }) =>
        String(Properties['Name']).endsWith('alarms'),
      ),
    );
    expect(eventMatches(Object(own), alarm('us-east-1', 'ALARM'))).toBe(true);
  });
});

describe('a forwarder', () => {
  it('matches the golden template', async () => {
    await expect(`${JSON.stringify(forwarder, null, 2)}\n`).toMatchFileSnapshot(
      path.join(import.meta.dirname, '../golden/forwarder.template.json'),
    );
  });

  it('forwards the events that the rules of the home region match, and its own alarm', () => {
    const forwarded = patternsOf(resourcesOf(forwarder, 'AWS::Events::Rule'));
    const expected = (regions: readonly unknown[]) =>
      Object.values(EVENT_PATTERNS).map((pattern) => ofRegions(pattern, regions));
    expect(patternsOf(resourcesOf(two, 'AWS::Events::Rule'))).toEqual(
      expect.arrayContaining(expected([HOME, 'us-east-1', 'ap-east-1'])),
    );
    expect(forwarded.slice(0, -1)).toEqual(expected([{ Ref: 'AWS::Region' }]));
    expect(forwarded.at(-1)).toMatchObject({ source: ['aws.cloudwatch'] });
  });

  it('does not forward events that another cell forwarded to its region, and its cell ignores events of other regions', () => {
    const change = (awsRegion: string) => ({
      source: 'aws.ec2',
      'detail-type': 'AWS API Call via CloudTrail',
      detail: { eventSource: 'ec2.amazonaws.com', eventName: 'AuthorizeSecurityGroupIngress', awsRegion },
    });
    const takes = (rules: readonly Resource[], region: string, awsRegion: string) =>
      patternsOf(rules).some((pattern) => {
        const text = JSON.stringify(pattern ?? {}).replaceAll('{"Ref":"AWS::Region"}', JSON.stringify(region));
        return text !== '{}' && eventMatches(JSON.parse(text), change(awsRegion));
      });
    const away = resourcesOf(forwarder, 'AWS::Events::Rule');
    expect([takes(away, 'us-east-1', 'us-east-1'), takes(away, 'us-east-1', HOME)]).toEqual([true, false]);
    const atHome = (template: Template, awsRegion: string) =>
      takes(resourcesOf(template, 'AWS::Events::Rule'), HOME, awsRegion);
    expect([atHome(two, HOME), atHome(two, 'us-east-1'), atHome(two, 'us-west-2')]).toEqual([true, true, false]);
    // A template without a region guards the region of its deployment.
    expect([atHome(home, HOME), atHome(home, 'us-east-1')]).toEqual([true, false]);
  });

  it('loses no event: every rule has the dead-letter queue, and may send to it', () => {
    const rules = resourcesOf(forwarder, 'AWS::Events::Rule');
    const [policy] = resourcesOf(forwarder, 'AWS::SQS::QueuePolicy');
    for (const { Properties } of rules) {
      expect(Properties['Targets']).toEqual([
        {
          Id: 'HomeBus',
          Arn: { Ref: 'HomeBusArn' },
          RoleArn: { Ref: 'ForwarderRoleArn' },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['UndeliveredForwards', 'Arn'] } },
        },
      ]);
      expect(JSON.stringify(policy)).toContain(`:rule/${String(Properties['Name'])}"`);
    }
  });
});
