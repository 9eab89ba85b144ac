import type { Principals } from '../../infra/local/principals.ts';

const role = (name: string, session: string) => ({
  type: 'AssumedRole' as const,
  arn: `arn:aws:sts::111122223333:assumed-role/${name}/${session}`,
  name: session,
});

/** Who makes changes in the demonstration, by access key. */
export const ACTORS = {
  alice: 'AKIADEMOALICE0000000',
  terraform: 'AKIADEMOTERRAFORM000',
  stack: 'AKIADEMOSTACK0000000',
  mallory: 'AKIADEMOMALLORY00000',
} as const;

/** Name of an actor. */
export type Actor = keyof typeof ACTORS;

/** How CloudTrail describes them. */
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
