import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../shared/domain/identity.ts';
import type { ServiceOwned } from '../../shared/domain/policy.ts';
import { SERVICE_OWNED, serviceOwner } from '../../shared/policy/service-owned.ts';

function ownerOf(name: string, tags: Readonly<Record<string, string>> = {}, more: Partial<ServiceOwned> = {}) {
  return serviceOwner({ id: 'sg-1', name, tags }, { serviceOwned: { ...SERVICE_OWNED, ...more } });
}

describe('the service that owns a group', () => {
  it.each([
    ['d-9067112233_controllers', 'AWS Directory Service'],
    ['d-9067112233_workspacesMembers', 'Amazon WorkSpaces'],
    ['ElasticMapReduce-master', 'Amazon EMR'],
    ['eks-cluster-sg-shop-1234567890', 'Amazon EKS'],
    ['FMManagedSecurityGroup1234-sg-1', 'AWS Firewall Manager'],
    ['awseb-e-abcdefghij-stack-AWSEBSecurityGroup-1', 'AWS Elastic Beanstalk'],
  ])('is recognized by the name %s', (name, service) => {
    expect(ownerOf(name)).toBe(service);
  });

  it('is recognized by a tag', () => {
    expect(ownerOf('nodes', { 'aws:eks:cluster-name': 'shop' })).toBe('Amazon EKS');
  });

  it.each(['default', 'web', 'd-_controller', 'my-ElasticMapReduce-master', 'awseb', ''])(
    'is nobody for the name %j',
    (name) => {
      expect(ownerOf(name)).toBeUndefined();
    },
  );

  it('is not recognized by inherited properties', () => {
    expect(ownerOf('web', {}, { tagKeys: ['constructor', 'toString'] })).toBeUndefined();
  });

  it('is recognized by the patterns of the policy, and then named by the pattern', () => {
    expect(ownerOf('vendor-x', {}, { names: ['vendor-*'] })).toBe('a service (by its name vendor-*)');
    expect(ownerOf('x', { vendor: '' }, { tagKeys: ['vendor'] })).toBe('a service (by its tag vendor)');
  });

  it.each([['sg-1'], ['awseb-*']])('is undefined if the policy excepts the group by %s', (sign) => {
    expect(ownerOf('awseb-x', { 'aws:eks:cluster-name': 'shop' }, { except: [sign] })).toBeUndefined();
  });
});

const part = fc.stringMatching(/^[ab]{0,3}$/);

describe('a pattern', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*bc*c', 'abc', false],
    ['a.c', 'abc', false],
  ])('%j over %j is %s', (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches);
  });

  it('matches what an equivalent regular expression matches', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.stringMatching(/^[ab]{0,8}$/), (parts, text) => {
        expect(matchesGlob(parts.join('*'), text)).toBe(new RegExp(`^${parts.join('.*')}$`).test(text));
      }),
      { numRuns: 2000 },
    );
  });

  /** A matcher that backtracks would need exponential time. */
  it('does not backtrack', () => {
    expect(matchesGlob(`${'*a'.repeat(5_000)}b*`, 'a'.repeat(20_000))).toBe(false);
  });
});
