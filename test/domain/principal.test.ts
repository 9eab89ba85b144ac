import { describe, expect, it } from 'vitest';
import { matchesActor } from '../../shared/domain/change.ts';

const SESSION = {
  arn: 'arn:aws:sts::111122223333:assumed-role/deploy-shop/run-7',
  role: 'arn:aws:iam::111122223333:role/ci/deploy-shop',
};
const WITHOUT_ROLE = { arn: SESSION.arn };
const SSO = { arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ann@example.com' };

describe('a glob of ARNs', () => {
  it.each([
    ['arn:aws:iam::111122223333:role/ci/deploy-shop', SESSION],
    ['arn:aws:iam::111122223333:role/ci/deploy-*', SESSION],
    ['arn:aws:iam::111122223333:role/deploy-*', SESSION],
    ['arn:aws:iam::111122223333:role/deploy-shop', WITHOUT_ROLE],
    ['arn:aws:iam::*:role/deploy-shop', WITHOUT_ROLE],
    ['arn:aws:sts::111122223333:assumed-role/deploy-shop/run-*', WITHOUT_ROLE],
    ['arn:aws:sts::111122223333:assumed-role/deploy-*', WITHOUT_ROLE],
    ['arn:aws:sts::111122223333:assumed-role/*-shop/run-*', WITHOUT_ROLE],
    ['arn:aws:iam::111122223333:user/ann', { arn: 'arn:aws:iam::111122223333:user/ann' }],
    ['arn:aws:iam::111122223333:role/ci/deploy-shop', WITHOUT_ROLE],
    ['arn:aws:iam::*:role/ci/eu/deploy-*', WITHOUT_ROLE],
    ['arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_*', SSO],
    ['arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*', SSO],
    ['arn:aws:iam::111122223333:root', { arn: 'arn:aws:iam::111122223333:root' }],
  ])('%s names the caller (%#)', (pattern, actor) => {
    expect(matchesActor(pattern, actor)).toBe(true);
  });

  it.each([
    ['a path that nobody told of', 'arn:aws:iam::111122223333:role/ci/*', WITHOUT_ROLE],
    ['a name that begins anyhow, behind a path', 'arn:aws:iam::111122223333:role/ci/*-shop', WITHOUT_ROLE],
    [
      'the name behind another path, where the path is known',
      'arn:aws:iam::111122223333:role/ops/deploy-shop',
      SESSION,
    ],
    ['another account, behind a path', 'arn:aws:iam::444455556666:role/ci/deploy-shop', WITHOUT_ROLE],
    ['another partition, behind a path', 'arn:aws-cn:iam::111122223333:role/ci/deploy-shop', WITHOUT_ROLE],
    ['another name, behind a path', 'arn:aws:iam::111122223333:role/ci/deploy', WITHOUT_ROLE],
    ['the name of a session, behind a path', 'arn:aws:iam::111122223333:role/ci/run-7', WITHOUT_ROLE],
    [
      'another permission set',
      'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Dev_*',
      SSO,
    ],
    ['another path', 'arn:aws:iam::111122223333:role/ops/*', SESSION],
    ['another account', 'arn:aws:iam::444455556666:role/deploy-shop', SESSION],
    ['a session called like the role', 'arn:aws:iam::111122223333:role/run-7', SESSION],
    [
      'a user called like the role',
      'arn:aws:iam::111122223333:role/ann',
      { arn: 'arn:aws:iam::111122223333:user/ann' },
    ],
    [
      'a session that its own maker named like the role',
      'arn:aws:sts::111122223333:assumed-role/*-deploy',
      { arn: 'arn:aws:sts::111122223333:assumed-role/other/x-deploy' },
    ],
    [
      'a session whose name has what the middle of the pattern asks for',
      'arn:aws:sts::111122223333:assumed-role/*deploy*',
      { arn: 'arn:aws:sts::111122223333:assumed-role/other/deploy-1' },
    ],
    ['somebody without an ARN', 'arn:aws:iam::111122223333:role/deploy-shop', {}],
    [
      'a session whose name holds a role',
      'arn:aws:iam::111122223333:role/deploy-shop',
      { arn: 'arn:aws:sts::111122223333:assumed-role/other/role/deploy-shop' },
    ],
  ])('does not name %s', (_, pattern, actor) => {
    expect(matchesActor(pattern, actor)).toBe(false);
  });
});
