import { afterAll, describe } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../infra/local/start.ts';
import { ec2Contract } from './contract.ts';

describe('the embedded account', () => {
  let local: LocalAccount;
  afterAll(() => local.close());
  ec2Contract(async () => {
    local = await startLocalAccount({ throttling: 'off' });
    return local.endpoint;
  });
});
