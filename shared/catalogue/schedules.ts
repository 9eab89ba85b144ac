import { CANARY_LATE_MS, type CanaryRequest } from '../domain/canary.ts';
import type { SweepRequest } from '../domain/sweep.ts';

/** How often on-schedule runs, minutes. */
export const SCHEDULE_MINUTES = 5;

/** When the regions are swept, as EventBridge writes it (UTC), and what on-schedule is told: every six hours, once a day with the digest. */
export const SWEEPS: Readonly<Record<string, { readonly cron: string; readonly request: SweepRequest }>> = {
  Sweep: { cron: 'cron(17 0,12,18 * * ? *)', request: { do: 'sweep', digest: false } },
  SweepWithDigest: { cron: 'cron(17 6 * * ? *)', request: { do: 'sweep', digest: true } },
};

/** When on-config looks whether AWS Config records groups (UTC), and what it is told. */
export const RECORDER_CHECK = { cron: 'cron(41 6 * * ? *)', request: { do: 'check-recorder' } } as const;

/** The canary: how often a marker is put, what on-schedule is told then, and from what age on one is late. */
export const CANARY = { everyMinutes: 30, request: { do: 'canary' }, lateMs: CANARY_LATE_MS } as const satisfies {
  readonly everyMinutes: number;
  readonly request: CanaryRequest;
  readonly lateMs: number;
};
