import { describe, expect, it } from 'vitest';
import type { Interleaving, Pending } from './execution.ts';
import { everyOrder, randomOrders, replay } from './orders.ts';

interface Account {
  balance: number;
  readonly log: string[];
}

/** An account with a port to read and to write it, and a second one that has nothing to do with it. */
function ports(account: Account) {
  return {
    bank: {
      find: async () => account.balance,
      put: async (balance: number) => {
        account.balance = balance;
      },
      add: async (amount: number) => {
        account.balance += amount;
      },
    },
    notifier: { publish: async (text: string) => void account.log.push(text) },
    clock: { now: () => 0 },
  };
}

type Ports = ReturnType<typeof ports>;

function flow(
  work: (one: Ports, invocation: number) => Promise<unknown>,
  check: Interleaving<Account>['check'],
  invocations = 2,
): Interleaving<Account> {
  return {
    make: () => ({ balance: 0, log: [] }),
    run: Array.from(
      { length: invocations },
      (_, i) => async (account, wrap) => await work(wrap(ports(account)), i + 1),
    ),
    check,
  };
}

async function lostUpdate({ bank }: Ports) {
  return await bank.put((await bank.find()) + 1);
}

function isTwo({ balance }: Account): void {
  if (balance !== 2) throw new Error(`the balance is ${balance}`);
}

const ORDER = ['1:bank.find', '2:bank.find', '1:bank.put', '2:bank.put'];

describe('every order', () => {
  it('finds a lost update, and names the order', async () => {
    await expect(everyOrder(flow(lostUpdate, isTwo))).rejects.toThrow(
      `in the order ${JSON.stringify(ORDER)}: the balance is 1`,
    );
  });

  it('is content with what holds in every order', async () => {
    expect(await everyOrder(flow(async ({ bank }) => await bank.add(1), isTwo))).toBe(2);
  });

  it.each([
    [2, 2, 6],
    [2, 3, 20],
    [3, 2, 90],
  ])('of %i invocations with %i writes each is %i orders', async (invocations, writes, orders) => {
    const work = async ({ bank }: Ports) => {
      for (let i = 0; i < writes; i += 1) await bank.add(1);
    };
    const all = (): void => undefined;
    expect(await everyOrder(flow(work, all, invocations))).toBe(orders);
  });

  it('leaves out orders that differ only in calls that commute, and reaches the same ends', async () => {
    const ends = async (more: Parameters<typeof everyOrder>[1]) => {
      const seen = new Set<number>();
      const work = async ({ bank, notifier }: Ports, invocation: number) => {
        await notifier.publish('begin');
        await bank.put((await bank.find()) * 2 + invocation);
        await bank.find();
      };
      const orders = await everyOrder(
        flow(work, ({ balance }) => void seen.add(balance)),
        more,
      );
      return { orders, seen: [...seen].toSorted((a, b) => a - b) };
    };
    const whole = await ends({ commutes: () => false });
    const pruned = await ends({});
    expect(whole.orders).toBe(70);
    expect(pruned.orders).toBeLessThan(20);
    expect(pruned.seen).toEqual(whole.seen);
  });

  it('compares the arguments of one execution, though another one has other ids', async () => {
    let made = 0;
    const ends = new Set<string>();
    const keyed: Interleaving<{ readonly id: number; readonly log: string[] }> = {
      make: () => {
        made += 1;
        return { id: made, log: [] };
      },
      run: [1, 2].map((number) => async ({ id, log }, wrap) => {
        const { ledger } = wrap({ ledger: { put: async (key: number) => void log.push(`${number}:${key - id}`) } });
        await ledger.put(id);
        await ledger.put(id + number);
      }),
      check: ({ log }) => void ends.add(log.filter((line) => line.endsWith(':0')).join(' ')),
    };
    const isOfAnother = (a: Pending, b: Pending): boolean => a.args[0] !== b.args[0];
    await everyOrder(keyed, { commutes: isOfAnother });
    expect([...ends].toSorted()).toEqual(['1:0 2:0', '2:0 1:0']);
  });

  it('says so where a flow does not repeat itself', async () => {
    let made = 0;
    const work = async ({ bank }: Ports) => {
      made += 1;
      await (made > 3 ? bank.find() : bank.add(1));
    };
    await expect(everyOrder(flow(work, () => undefined))).rejects.toThrow('does not repeat itself');
  });

  it('makes calls at once that commute with all others, and reaches the same ends', async () => {
    const ends = async (more: Parameters<typeof everyOrder>[1]) => {
      const seen = new Set<number>();
      const work = async ({ bank, notifier }: Ports, invocation: number) => {
        await notifier.publish('begin');
        await bank.put((await bank.find()) * 2 + invocation);
        await notifier.publish('end');
      };
      await everyOrder(
        flow(work, ({ balance }) => void seen.add(balance)),
        more,
      );
      return [...seen].toSorted((a, b) => a - b);
    };
    const free = await ends({ isFree: ({ name }) => name.startsWith('notifier.') });
    expect(free).toEqual(await ends({ commutes: () => false }));
  });

  it('has calls that an invocation makes side by side in both orders', async () => {
    const logs = new Set<string>();
    const work = async ({ notifier }: Ports) => await Promise.all([notifier.publish('a'), notifier.publish('b')]);
    await everyOrder(
      flow(work, ({ log }) => void logs.add(log.join('')), 1),
      { commutes: () => false },
    );
    expect([...logs].toSorted()).toEqual(['ab', 'ba']);
  });

  it('fails where there are too many', async () => {
    const work = async ({ bank }: Ports) => {
      for (let i = 0; i < 8; i += 1) await bank.add(1);
    };
    await expect(
      everyOrder(
        flow(work, () => undefined),
        { most: 50 },
      ),
    ).rejects.toThrow('more than 50 orders');
  });

  it('names an invocation that waits for something else than a port', async () => {
    const work = async () => await new Promise(() => undefined);
    await expect(everyOrder(flow(work, () => undefined, 1))).rejects.toThrow('invocation 1 waits for something');
  });
});

describe('an order', () => {
  it('can be replayed from its names', async () => {
    await expect(replay(flow(lostUpdate, isTwo), ORDER)).rejects.toThrow('the balance is 1');
    expect(await replay(flow(lostUpdate, isTwo), ['2:bank.find', '2:bank.put'])).toHaveLength(4);
  });

  it('that no longer fits says which calls wait', async () => {
    await expect(replay(flow(lostUpdate, isTwo), ['1:bank.put'])).rejects.toThrow(
      '1:bank.put does not wait; 1:bank.find',
    );
  });

  it('can have a fault in it, after which the invocation is retried', async () => {
    const work = async ({ bank }: Ports) => await bank.add(1);
    const faulty = flow(
      work,
      ({ balance }) => {
        if (balance !== 1) throw new Error(`the balance is ${balance}`);
      },
      1,
    );
    await replay(faulty, ['1:bank.add !before, goes on', '1:bank.add']);
    await expect(replay(faulty, ['1:bank.add !after, dies'])).rejects.toThrow('the balance is 2');
  });
});

describe('random orders', () => {
  it('find a lost update, the same each time', async () => {
    const failure = async () =>
      await randomOrders(flow(lostUpdate, isTwo), { seeds: 20 }).then(
        () => 'none',
        (error: unknown) => String(error),
      );
    expect(await failure()).toMatch(/^Error: seed \d+, in the order .*: the balance is 1$/);
    expect(await failure()).toBe(await failure());
  });

  it('meet a fault in one call', async () => {
    const work = async ({ bank }: Ports) => await bank.add(1);
    const failing = randomOrders(flow(work, isTwo), { seeds: 40, faults: true, calls: 2 });
    await expect(failing).rejects.toThrow(/!after, .*the balance is 3/);
  });
});
