import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ActivityOver } from '../../../../infra/local/time/clock.ts';
import { TimeStandsStill, VirtualClock } from '../../../../infra/local/time/virtual-clock.ts';

const start = 1_800_000_000_000;
function clockAt() {
  return new VirtualClock(start);
}

describe('virtual time', () => {
  it('passes only in run and advance', async () => {
    const clock = clockAt();
    const awake: number[] = [];
    const sleeper = async () => {
      await clock.sleep(1);
      awake.push(clock.now());
    };
    void sleeper();
    await clock.settle();
    expect([clock.now(), awake]).toEqual([start, []]);
  });

  it('passes in advance, which fires the timers due in it in the order of their times', async () => {
    const clock = clockAt();
    const fired: string[] = [];
    clock.after(20, () => fired.push(`b ${clock.now() - start}`));
    clock.after(10, () => fired.push(`a ${clock.now() - start}`));
    clock.after(20, () => fired.push(`c ${clock.now() - start}`));
    clock.after(31, () => fired.push('late'));
    await clock.advance(30);
    expect(fired).toEqual(['a 10', 'b 20', 'c 20']);
    expect(clock.now()).toBe(start + 30);
  });

  it('passes for timers that another timer sets, within the same advance', async () => {
    const clock = clockAt();
    const slept: number[] = [];
    const sleeper = async () => {
      for (let i = 0; i < 3; i += 1) {
        await clock.sleep(10);
        slept.push(clock.now() - start);
      }
    };
    void sleeper();
    await clock.advance(25);
    expect(slept).toEqual([10, 20]);
  });

  it('passes while work runs, and no further than the work needs', async () => {
    const clock = clockAt();
    clock.after(1000, () => expect.unreachable());
    await clock.run(clock.sleep(999));
    expect(clock.now()).toBe(start + 999);
  });

  it('does not fire a timer that was cancelled', async () => {
    const clock = clockAt();
    const cancel = clock.after(5, () => expect.unreachable());
    cancel();
    await clock.advance(10);
  });

  it('rejects work that waits for something other than time', async () => {
    const clock = clockAt();
    void clock.sleep(10);
    const forever = new Promise(() => undefined);
    await expect(clock.run(forever)).rejects.toThrow(TimeStandsStill);
    expect(clock.now()).toBe(start + 10);
  });

  it('rejects with the error of a timer, and continues afterwards', async () => {
    const clock = clockAt();
    clock.after(5, () => {
      throw new Error('planted');
    });
    await expect(clock.advance(10)).rejects.toThrow('planted');
    await clock.advance(10);
    expect(clock.now()).toBe(start + 15);
  });

  it('gives the same times in the same order in each run', async () => {
    const play = async () => {
      const clock = clockAt();
      const log: string[] = [];
      const worker = async (name: string, ms: number) => {
        const activity = clock.begin(name);
        for (let i = 0; i < 5; i += 1) {
          await activity.sleep(ms);
          log.push(`${name} ${clock.now() - start}`);
        }
        activity.end();
      };
      await clock.run(Promise.all([worker('a', 7), worker('b', 5), worker('c', 7)]));
      return log;
    };
    expect(await play()).toEqual(await play());
  });
});

describe('an activity', () => {
  it('that runs code holds time back, even if the code takes real time', async () => {
    const clock = clockAt();
    const times: number[] = [];
    const reader = async () => {
      const activity = clock.begin('reader');
      await readFile(import.meta.filename);
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      times.push(clock.now() - start);
      await activity.sleep(5);
      times.push(clock.now() - start);
      activity.end();
    };
    await clock.run(Promise.all([reader(), clock.sleep(1)]));
    expect(times).toEqual([0, 5]);
  });

  it('that waits for another activity does not hold time back; the other one does until it sleeps', async () => {
    const clock = clockAt();
    const [outer] = [clock.begin('invocation')];
    const inner = outer.begin('call');
    let isOver = false;
    const pass = async () => {
      await clock.run(clock.sleep(10));
      isOver = true;
    };
    const work = pass();
    for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    void inner.sleep(100);
    await work;
    expect(clock.now()).toBe(start + 10);
  });

  it('does not count a timeout as waiting', async () => {
    const clock = clockAt();
    const activity = clock.begin('invocation');
    const signal = clock.timeout(10);
    const work = clock.run(clock.sleep(20));
    for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(signal.aborted).toBe(false);
    await activity.sleep(15).then(() => expect(signal.aborted).toBe(true));
    activity.end();
    await work;
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('that has ended neither sleeps nor begins another activity, and its sleeps never end', async () => {
    const clock = clockAt();
    const activity = clock.begin('on-change 1');
    const awake: number[] = [];
    const sleeper = async () => {
      await activity.sleep(5);
      awake.push(clock.now());
    };
    void sleeper();
    activity.end();
    await clock.advance(10);
    expect(awake).toEqual([]);
    await expect(activity.sleep(1)).rejects.toThrow(ActivityOver);
    expect(() => activity.begin('call')).toThrow('on-change 1 has ended');
  });

  it('that its parent has given up no longer counts as the parent’s wait', async () => {
    const clock = clockAt();
    const parent = clock.begin('invocation');
    const call = parent.begin('call');
    void call.sleep(100);
    call.detach();
    let passed = false;
    const pass = async () => {
      await clock.run(clock.sleep(1));
      passed = true;
    };
    void pass();
    for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(passed).toBe(false);
    parent.end();
    await clock.settle();
  });
});
