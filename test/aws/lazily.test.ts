import { describe, expect, it } from 'vitest';
import { lazily, lazySwitch } from '../../shared/aws/lazily.ts';

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

  it('does not load a switch before it is read', async () => {
    let loads = 0;
    const lazy = lazySwitch(async () => {
      loads += 1;
      return { ceiling: async () => 'alert' };
    });
    expect(loads).toBe(0);
    expect(await lazy.ceiling()).toBe('alert');
    expect(loads).toBe(1);
  });
});
