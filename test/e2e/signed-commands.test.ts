import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { functionsClient, sendCommand } from '../../shared/adapters/aws/lambda.ts';
import { signedIn } from '../../shared/adapters/aws/sts.ts';
import { doorName, functionName } from '../../shared/catalogue.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import type { IdentityProof } from '../../shared/domain/identity.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { by, reason, requestsTo } from './requests.ts';
import { type openShop, openShopUnder, tcp } from './shop.ts';

const ANN = { key: 'AKIAEXAMPLEANN000000', arn: 'arn:aws:sts::111122223333:assumed-role/ops/ann@example.com' };
const BEN = { key: 'AKIAEXAMPLEBEN000000', arn: 'arn:aws:iam::111122223333:user/ben' };
const GRANT = doorName('onGrant', 'requests');

let shop: Awaited<ReturnType<typeof openShop>>;
let id: string;

beforeAll(async () => {
  const ops = ['arn:aws:iam::111122223333:role/ops'];
  const withOps = (policy: Policy): Policy => ({
    ...policy,
    people: { may: [{ actions: ['acknowledge'], slackUsers: [], slackGroups: [], principals: ops }] },
  });
  shop = await openShopUnder(withOps, {
    principals: {
      [ANN.key]: { type: 'AssumedRole', arn: ANN.arn, name: 'ann@example.com' },
      [BEN.key]: { type: 'IAMUser', arn: BEN.arn, name: 'ben' },
    },
  });
  await shop.authorize('app', tcp(3306, '0.0.0.0/0'));
  await shop.delivery.drain();
  id = await requestsTo(shop).remediationOf(shop.groupId('app'), 'done');
});
afterAll(async () => {
  await shop.close();
});
afterEach(() => {
  shop.local.faults.length = 0;
});

function acknowledging(): Command {
  return { do: 'acknowledge', id, by, reason };
}

async function provedBy({ key }: { readonly key: string }, command: Command, name = GRANT): Promise<IdentityProof> {
  return await signedIn(shop.settings(key), shop.machine).prove(command, name);
}

async function sent(command: Command, proof?: IdentityProof): Promise<CommandResult> {
  return await sendCommand(functionsClient(shop.settings()), GRANT, { ...command, ...(proof && { proof }) });
}

function refusedFor(text: string) {
  return { kind: 'refused', because: [expect.stringContaining(text)] };
}

describe('a policy with people.may, through the real SDK and the bundled functions', () => {
  it('refuses a command without a proof, except lists', async () => {
    expect(await sent(acknowledging())).toMatchObject(refusedFor('came without a proof of who asks'));
    expect(await sent({ do: 'list', what: 'remediations', most: 5 })).toMatchObject({ kind: 'remediations' });
  });

  it('refuses a principal that it does not list', async () => {
    const command = acknowledging();
    const result = await sent(command, await provedBy(BEN, command));
    expect(result).toMatchObject(refusedFor(`does not let ${BEN.arn} acknowledge`));
  });

  it('refuses the action of a button in a cell without buttons', async () => {
    const command: Command = { do: 'acknowledge', id, by: { name: 'x', through: 'button' }, reason };
    expect(await sent(command, await provedBy(ANN, command))).toMatchObject(refusedFor('no buttons here'));
  });

  it('fails while STS does not answer, and does nothing', async () => {
    const command = acknowledging();
    const proof = await provedBy(ANN, command);
    shop.local.faults.push({ service: 'sts', operation: 'GetCallerIdentity', kind: 'internal-error', times: 1 });
    await expect(sent(command, proof)).rejects.toThrow(/GetCallerIdentity.*nothing was done. Try again/);
    shop.local.faults.push({ service: 'sts', operation: 'GetCallerIdentity', kind: 'reset-before', times: 1 });
    await expect(sent(command, proof)).rejects.toThrow(/STS cannot be reached.*nothing was done. Try again/);
  });

  it('refuses a malformed proof', async () => {
    const command = acknowledging();
    const proof = await provedBy(ANN, command);
    for (const signature of ['', `${proof.signature}0`, 'https://sts.example.com/'])
      expect(await sent(command, { ...proof, signature })).toMatchObject(refusedFor('command.proof.signature'));
  });

  it('allows a listed principal, under the name that AWS knows', async () => {
    const command = acknowledging();
    const proven = { name: 'ann@example.com', arn: ANN.arn, verified: true, through: 'command-line' };
    const first = await sent(command, await provedBy(ANN, command));
    expect(first).toMatchObject({ kind: 'acknowledged', first: true, by: proven });
    const again = await sent(command, await provedBy(ANN, command, `${functionName('onGrant')}:$LATEST`));
    expect(again).toMatchObject({ kind: 'acknowledged', first: false, by: proven });
  });
});
