import { describe, expect, it } from 'vitest';
import type { OutcomeStatus } from '../../shared/domain/decision.ts';
import { asffFinding } from '../../shared/reports/asff.ts';
import { HOSTILE, outcome, ssh } from './outcomes.ts';

describe('a finding for Security Hub', () => {
  it('has the form of ASFF', () => {
    expect(asffFinding(outcome([ssh(1)]), { region: 'eu-central-1', partition: 'aws' })).toMatchInlineSnapshot(`
      {
        "AwsAccountId": "111122223333",
        "Compliance": {
          "Status": "PASSED",
        },
        "CreatedAt": "2026-01-02T03:04:06.500Z",
        "Description": "tcp 22 (SSH) is open to 100 % of the internet",
        "FindingProviderFields": {
          "Severity": {
            "Label": "CRITICAL",
          },
          "Types": [
            "Software and Configuration Checks/AWS Security Best Practices/Network Reachability",
          ],
        },
        "FirstObservedAt": "2026-01-02T03:04:05.000Z",
        "GeneratorId": "portcullis/world-open-admin",
        "Id": "portcullis/k2v4x6z3b5d7f9h2j4l6n8p3r5",
        "LastObservedAt": "2026-01-02T03:04:07.000Z",
        "ProductArn": "arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default",
        "ProductFields": {
          "portcullis/controls": "world-open-admin",
          "portcullis/mode": "enforce",
          "portcullis/remediationId": "01kdyak4k4b7lxgo3d5wyq2m6k",
          "portcullis/rulesOmitted": "0",
          "portcullis/status": "done",
        },
        "RecordState": "ARCHIVED",
        "Remediation": {
          "Recommendation": {
            "Text": "How to fix it by hand: portcullis explain world-open-admin",
            "Url": "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
          },
        },
        "Resources": [
          {
            "Details": {
              "AwsEc2SecurityGroup": {
                "GroupId": "sg-00000000000000001",
                "GroupName": "web",
                "IpPermissions": [
                  {
                    "FromPort": 22,
                    "IpProtocol": "tcp",
                    "IpRanges": [
                      {
                        "CidrIp": "0.0.0.0/0",
                      },
                    ],
                    "ToPort": 22,
                  },
                ],
                "IpPermissionsEgress": [],
                "OwnerId": "111122223333",
                "VpcId": "vpc-00000000000000001",
              },
            },
            "Id": "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-00000000000000001",
            "Partition": "aws",
            "Region": "eu-west-1",
            "Type": "AwsEc2SecurityGroup",
          },
        ],
        "SchemaVersion": "2018-10-08",
        "Title": "world-open-admin: security group web",
        "UpdatedAt": "2026-01-02T03:04:07.000Z",
      }
    `);
  });

  it.each([
    ['done', 'PASSED', 'ARCHIVED'],
    ['reported', 'FAILED', 'ACTIVE'],
    ['pending', 'FAILED', 'ACTIVE'],
    ['held', 'FAILED', 'ACTIVE'],
    ['failed', 'FAILED', 'ACTIVE'],
  ] as const satisfies readonly (readonly [OutcomeStatus, string, string])[])(
    'says of what is %s that it has %s and is %s',
    (status, Status, RecordState) => {
      const finding = asffFinding(outcome([ssh(1)], { status }), { region: 'eu-west-1', partition: 'aws' });
      expect(finding).toMatchObject({ Compliance: { Status }, RecordState });
    },
  );

  it('keeps the id of its case, and does not set the fields of people', () => {
    const [first, later] = [
      asffFinding(outcome([ssh(1)], { status: 'pending' }), { region: 'eu-west-1', partition: 'aws' }),
      asffFinding(outcome([ssh(1)]), { region: 'eu-west-1', partition: 'aws' }),
    ];
    expect(first.Id).toBe(later.Id);
    for (const field of ['Workflow', 'Note', 'Severity', 'Types', 'Confidence', 'VerificationState'])
      expect(later).not.toHaveProperty(field);
  });

  it('has each kind of source in both directions', () => {
    const finding = asffFinding(
      outcome([
        ssh(1, { source: { kind: 'ipv6', cidr: '::/0' } }),
        ssh(2, { source: { kind: 'prefix-list', id: 'pl-1' } }),
        ssh(3, { direction: 'egress', source: { kind: 'group', groupId: 'sg-2' } }),
      ]),
      { region: 'eu-west-1', partition: 'aws' },
    );
    const traffic = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
    expect(finding.Resources[0]?.Details.AwsEc2SecurityGroup).toMatchObject({
      IpPermissions: [
        { ...traffic, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
        { ...traffic, PrefixListIds: [{ PrefixListId: 'pl-1' }] },
      ],
      IpPermissionsEgress: [{ ...traffic, UserIdGroupPairs: [{ GroupId: 'sg-2' }] }],
    });
  });

  it('keeps within ASFF’s limits under a hostile name and a thousand rules, and counts what it leaves out', () => {
    const many = Array.from({ length: 1000 }, (_, serial) => ssh(serial));
    const finding = asffFinding(outcome(many, {}, HOSTILE), { region: 'eu-west-1', partition: 'aws' });
    expect(finding.Title.length).toBeLessThanOrEqual(256);
    expect(finding.Title).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(finding.Description.length).toBeLessThanOrEqual(1024);
    expect(finding.Resources[0]?.Details.AwsEc2SecurityGroup.GroupName.length).toBeLessThanOrEqual(255);
    expect(finding.ProductFields['portcullis/rulesOmitted']).toBe('900');
    expect(Buffer.byteLength(JSON.stringify(finding))).toBeLessThan(240 * 1024);
  });

  it.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('names the partition of %s', (region, partition) => {
    const { ProductArn, Resources } = asffFinding(outcome([ssh(1)]), { region, partition });
    expect(ProductArn).toMatch(new RegExp(`^arn:${partition}:`));
    expect(Resources[0]?.Id).toMatch(new RegExp(`^arn:${partition}:ec2:`));
  });

  it('omits a partition name that Security Hub does not accept', () => {
    const partitionIn = (partition: string) =>
      asffFinding(outcome([ssh(1)]), { region: 'eusc-de-east-1', partition }).Resources[0]?.Partition;
    expect([partitionIn('aws-us-gov'), partitionIn('aws-eusc')]).toEqual(['aws-us-gov', undefined]);
  });
});
