import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { partition } from '@aws-sdk/core/client';
import type { RequestPresigner, RequestSigner } from '@smithy/types';
import type { Clock, Environment } from '../../../domain/ports.ts';
import type { Person } from '../../../domain/requests/person.ts';
import { principalName } from '../../../domain/requests/principal.ts';
import { PROOF_HEADER, PROOF_SECONDS, type Proof } from '../../../domain/requests/proof.ts';
import { functionArn } from '../../../events/function-arn.ts';
import { commandDigest } from '../../../events/requests/command-digest.ts';
import { call } from '../call.ts';
import type { ClientSettings } from '../clients/client-settings.ts';
import { lazily } from '../lazily.ts';
import { STS_QUERY, stsPlace } from './sts-place.ts';

/** Proves who sends a command to a function. Throws CallFailed, InputInvalid. */
export type Prove = (command: object, functionName: string) => Promise<Proof>;

/** Whoever the credentials belong to. */
export interface SignedIn {
  /** By AWS's word. Throws CallFailed. */
  readonly person: () => Promise<Person>;
  readonly prove: Prove;
}

/** AWS's own signers presign, too; another could be set in a client's place. */
const presigns = (signer: RequestSigner): signer is RequestSigner & RequestPresigner => 'presign' in signer;

/** What signing needs from outside; the environment says where STS is, if not in AWS. */
interface Surroundings {
  readonly clock: Pick<Clock, 'now'>;
  readonly environment: Environment;
}

const presigned = async (sts: STSClient, region: string, digest: string, { clock, environment }: Surroundings) => {
  const { protocol, host } = stsPlace(region, environment);
  const { hostname } = new URL(`${protocol}//${host}`);
  const signer = await sts.config.signer();
  if (!presigns(signer)) throw new TypeError('the signer of the STS client cannot presign');
  const headers = { host, [PROOF_HEADER]: digest };
  const request = { method: 'GET', protocol, hostname, path: '/', query: { ...STS_QUERY }, headers };
  const signingDate = new Date(clock.now() + (sts.config.systemClockOffset ?? 0));
  return await signer.presign(request, { expiresIn: PROOF_SECONDS, signingDate, signingRegion: region });
};

const textOf = (query: Readonly<Record<string, unknown>>, name: string): string => {
  const value = query[name];
  if (typeof value !== 'string') throw new TypeError(`the presigned request has no ${name}`);
  return value;
};

const proofOf = (query: Readonly<Record<string, unknown>>): Proof => ({
  credential: textOf(query, 'X-Amz-Credential'),
  date: textOf(query, 'X-Amz-Date'),
  expires: Number(textOf(query, 'X-Amz-Expires')),
  signature: textOf(query, 'X-Amz-Signature'),
  ...('X-Amz-Security-Token' in query && { token: textOf(query, 'X-Amz-Security-Token') }),
});

/** The credentials of a person or a function, to be asked whose they are and to sign with. */
export const signedIn = (settings: ClientSettings, surroundings: Surroundings): SignedIn => {
  const sts = new STSClient(settings);
  const identity = lazily(async () => await call('GetCallerIdentity', sts.send(new GetCallerIdentityCommand({}))));
  const prove: Prove = async (command, functionName) => {
    const { Account: account = '' } = await identity();
    const region = await sts.config.region();
    const place = { region, account, partition: partition(region).name };
    const digest = await commandDigest(command, functionArn(functionName, place));
    const { query = {} } = await call('presign', presigned(sts, place.region, digest, surroundings));
    return proofOf(query);
  };
  const person = async (): Promise<Person> => {
    const { Arn = '' } = await identity();
    return { name: principalName(Arn), arn: Arn, through: 'command-line' };
  };
  return { person, prove };
};
