import { EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountClauses } from './account-clauses.ts';
import { associationClauses } from './association-clauses.ts';
import { authorizeClauses } from './authorize-clauses.ts';
import type { Clause } from './clause.ts';
import { describeClauses } from './describe-clauses.ts';
import { filterClauses } from './filter-clauses.ts';
import { groupClauses } from './group-clauses.ts';
import { interfaceClauses } from './interface-clauses.ts';
import { launchTemplateClauses } from './launch-template-clauses.ts';
import { modifyClauses } from './modify-clauses.ts';
import { peeringClauses } from './peering-clauses.ts';
import { prefixListClauses } from './prefix-list-clauses.ts';
import { revokeClauses } from './revoke-clauses.ts';
import { routingClauses } from './routing-clauses.ts';

/** Where an implementation is known not to do as EC2 does. */
export interface Deviation {
  /** The clause's sentence. */
  readonly clause: string;
  /** What the implementation does instead. */
  readonly instead: string;
  /** The AWS page, or the recorded event, that decides who is right. */
  readonly decides: string;
  /** What the clause's failure says, so that it is this deviation and no other. */
  readonly sign: RegExp;
}

/** Every clause: each EC2 call and error that Portcullis relies on. */
const ec2Clauses: readonly Clause[] = [
  ...groupClauses,
  ...authorizeClauses,
  ...revokeClauses,
  ...modifyClauses,
  ...describeClauses,
  ...prefixListClauses,
  ...interfaceClauses,
  ...routingClauses,
  ...launchTemplateClauses,
  ...peeringClauses,
  ...associationClauses,
  ...filterClauses,
  ...accountClauses,
];

/** A client of the endpoint that tries each call once. */
function contractClient(endpoint: string): EC2Client {
  const credentials = { accessKeyId: 'AKIAEXAMPLEEXAMPLE00', secretAccessKey: 'example' };
  return new EC2Client({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 });
}

/**
 * Runs the contract against an endpoint. A clause with a listed deviation must fail, with its sign: once the
 * implementation is mended, the run says so.
 */
export function ec2Contract(endpoint: () => Promise<string>, deviations: readonly Deviation[] = []): void {
  let ec2: EC2Client;
  beforeAll(async () => {
    ec2 = contractClient(await endpoint());
  });
  afterAll(() => ec2.destroy());

  test('every listed deviation is of a clause that exists', () => {
    const sentences = new Set(ec2Clauses.map(({ says }) => says));
    expect(deviations.filter(({ clause }) => !sentences.has(clause))).toEqual([]);
    expect(sentences.size).toBe(ec2Clauses.length);
  });

  describe('EC2 contract', () => {
    const listed = new Map(deviations.map((deviation) => [deviation.clause, deviation.sign]));
    const kept = ec2Clauses.flatMap((clause) => (listed.has(clause.says) ? [] : [[clause.says, clause] as const]));
    const deviating = ec2Clauses.flatMap((clause) => {
      const sign = listed.get(clause.says);
      return sign ? [[clause.says, clause, sign] as const] : [];
    });

    test.each(kept)('%s', async (_says, clause) => {
      await expect(clause.check(ec2)).resolves.toBeUndefined();
    });

    test.each(deviating)('deviates still: %s', async (_says, clause, sign) => {
      await expect(clause.check(ec2)).rejects.toThrow(sign);
    });
  });
}
