import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionsIn } from '../../../shared/adapters/aws/dynamodb/actions.ts';
import { type ActionRequest, type ActionRequests, actionRequestId } from '../../../shared/domain/action.ts';
import { type LocalTables, localTables } from '../../adapters/aws/dynamodb/local-table.ts';
import { pressesInMemory } from './in-memory.ts';

const START = Date.parse('2026-05-01T12:00:00Z');
const MINUTE = 60_000;

function press(user: string, more: Partial<ActionRequest> = {}): ActionRequest {
  return {
    action: 'restore',
    remediationId: '01h455vb4pex5vsknk084sn02q',
    by: { through: 'slack', team: 'T0001', user, name: user.toLowerCase() },
    responseUrl: 'https://hooks.slack.com/actions/T0001/1/abc',
    at: START,
    ...more,
  };
}

const [ANN, BEN] = [press('UANN'), press('UBEN', { at: START + MINUTE })];

type Subject = { readonly open: () => ActionRequests; readonly clock: { time: number } };

function contract(empty: () => Promise<Subject>) {
  it('a press is found as it was recorded, with what became of it', async () => {
    const { open } = await empty();
    await open().record(ANN);
    expect(await open().find(actionRequestId(ANN))).toEqual({ request: ANN });
    await open().complete(ANN, 'it is put back', false);
    expect(await open().find(actionRequestId(ANN))).toEqual({ request: ANN, result: 'it is put back' });
  });

  it('a press that is recorded again keeps what became of it', async () => {
    const { open } = await empty();
    await open().record(ANN);
    await open().complete(ANN, 'it is put back', false);
    await open().record(ANN);
    expect(await open().find(actionRequestId(ANN))).toEqual({ request: ANN, result: 'it is put back' });
  });

  it('a press that was never recorded is not found, and ends without a trace; nor is a claim a press', async () => {
    const { open } = await empty();
    await open().complete(ANN, 'it is put back', false);
    await open().claim(BEN);
    expect(await open().find(actionRequestId(ANN))).toBeUndefined();
    expect(await open().find(`${BEN.remediationId} ${BEN.action}`)).toBeUndefined();
  });

  it('a name that is longer than any key is one of no press', async () => {
    const { open } = await empty();
    expect(await open().find('x'.repeat(1020))).toBeUndefined();
    expect(await open().find('ü'.repeat(600))).toBeUndefined();
  });

  it('the first to claim is carried out, may claim again, and later ones are told of it', async () => {
    const { open } = await empty();
    expect(await open().claim(ANN)).toBeUndefined();
    expect(await open().claim(BEN)).toEqual({ request: ANN });
    expect(await open().claim(ANN)).toBeUndefined();
    await open().complete(ANN, 'it is put back', false);
    expect(await open().claim(BEN)).toEqual({ request: ANN, result: 'it is put back' });
  });

  it('of a hundred claims at once one is carried out', async () => {
    const { open } = await empty();
    const rivals = Array.from({ length: 100 }, (_, index) => press(`U${index}`));
    const firsts = await Promise.all(rivals.map(async (rival) => await open().claim(rival)));
    expect(firsts.filter((first) => first === undefined)).toHaveLength(1);
    expect(new Set(firsts.flatMap((first) => first?.request.by.user ?? [])).size).toBe(1);
  });

  it('another action, and another remediation, are claimed apart', async () => {
    const { open } = await empty();
    await open().claim(ANN);
    expect(await open().claim(press('UBEN', { action: 'exempt' }))).toBeUndefined();
    expect(await open().claim(press('UBEN', { remediationId: '01h455vb4pex5vsknk084sn02r' }))).toBeUndefined();
  });

  it('after one that was refused another may try, and only its own claim is given back', async () => {
    const { open } = await empty();
    await open().record(ANN);
    await open().claim(ANN);
    await open().complete(BEN, 'you may not', true);
    expect(await open().claim(BEN)).toEqual({ request: ANN });
    await open().complete(ANN, 'it would violate again', true);
    expect(await open().claim(BEN)).toBeUndefined();
    expect(await open().find(actionRequestId(ANN))).toEqual({ request: ANN, result: 'it would violate again' });
  });

  it('one that is under way is left to it for 20 minutes, one that was carried out stands for a day', async () => {
    const { open, clock } = await empty();
    await open().claim(ANN);
    clock.time = START + 20 * MINUTE - 1;
    expect(await open().claim(BEN)).toEqual({ request: ANN });
    clock.time = START + 20 * MINUTE;
    expect(await open().claim(BEN)).toBeUndefined();
    await open().complete(BEN, 'done', false);
    clock.time += 24 * 60 * MINUTE - 1;
    expect(await open().claim(ANN)).toEqual({ request: BEN, result: 'done' });
    clock.time += 1;
    expect(await open().claim(ANN)).toBeUndefined();
  });
}

describe('presses in memory', () => {
  contract(async () => {
    const clock = { time: START };
    const presses = pressesInMemory(() => clock.time);
    return { open: () => presses, clock };
  });
});

describe('presses in DynamoDB', () => {
  let tables: LocalTables;
  beforeAll(async () => {
    tables = await localTables();
  });
  afterAll(async () => await tables.close());

  contract(async () => {
    const name = await tables.create();
    const clock = { time: START };
    return {
      open: () =>
        actionsIn({
          dynamoDb: tables.dynamoDb,
          name,
          clock: { now: () => clock.time, sleep: async () => {} },
          random: Math.random,
        }),
      clock,
    };
  });

  it('are kept for 400 days', async () => {
    const name = await tables.create();
    const clock = { time: START };
    const open = () =>
      actionsIn({
        dynamoDb: tables.dynamoDb,
        name,
        clock: { now: () => clock.time, sleep: async () => {} },
        random: Math.random,
      });
    await open().record(ANN);
    clock.time = START + 400 * 24 * 60 * MINUTE - 1000;
    expect(await open().find(actionRequestId(ANN))).toEqual({ request: ANN });
    clock.time += 2000;
    expect(await open().find(actionRequestId(ANN))).toBeUndefined();
  });
});
