import { expect, it } from 'vitest';
import { putCanaries } from '../../../shared/workflows/schedule/run-due-work.ts';

it('asks for the canary in every region, though one of them fails, and then fails with its fault', async () => {
  const asked: string[] = [];
  const put = async (region: string): Promise<void> => {
    asked.push(region);
    if (region === 'us-east-1') throw new Error('throttled');
  };
  await putCanaries(['eu-west-1'], { canaryQueue: { requestMarker: put } });
  await expect(putCanaries(['us-east-1', 'eu-west-1'], { canaryQueue: { requestMarker: put } })).rejects.toMatchObject({
    name: 'Unfinished',
    causes: [expect.objectContaining({ message: 'throttled' })],
  });
  expect(asked).toEqual(['eu-west-1', 'us-east-1', 'eu-west-1']);
});
