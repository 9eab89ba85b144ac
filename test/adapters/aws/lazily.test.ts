import { describe, expect, it } from 'vitest';
import { lazily, lazyPort } from '../../../shared/adapters/aws/lazily.ts';

describe('lazily', () => {
  it('loads once for all who ask', async () => {
    let loads = 0;
    const get = lazily(async () => {
      loads += 1;
      return loads;
    });
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    expect(await get()).toBe(1);
  });

  it('tries again after a load that failed', async () => {
    let loads = 0;
    const get = lazily(async () => {
      loads += 1;
      if (loads === 1) throw new Error('no disk');
      return 'there';
    });
    await expect(get()).rejects.toThrow('no disk');
    expect(await get()).toBe('there');
  });
});

describe('a lazy port', () => {
  const counting = () => {
    const loads: string[] = [];
    const port = lazyPort(async () => {
      loads.push('loaded');
      return {
        times: async (one: number, other: number) => await Promise.resolve(one * other),
        ceiling: async () => await Promise.resolve('alert'),
      };
    });
    return { loads, port };
  };

  it('loads with the first call of any method, once', async () => {
    const { loads, port } = counting();
    expect(loads).toEqual([]);
    expect(await Promise.all([port.ceiling(), port.times(21, 2)])).toEqual(['alert', 42]);
    expect(loads).toHaveLength(1);
  });

  it('loads nothing when it is awaited', async () => {
    const { loads, port } = counting();
    expect(await Promise.resolve(port)).toBe(port);
    expect(loads).toEqual([]);
  });
});
