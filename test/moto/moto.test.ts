import { describe } from 'vitest';
import { ec2Contract } from '../contract/ec2/contract.ts';
import { motoDeviations } from './deviations.ts';

describe("moto's server", () => {
  ec2Contract(async () => {
    const endpoint = process.env['MOTO_ENDPOINT'];
    if (!endpoint) throw new Error('MOTO_ENDPOINT is not set: run this suite by `npm run test:moto`');
    return endpoint;
  }, motoDeviations);
});
