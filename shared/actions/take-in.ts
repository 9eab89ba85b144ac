import { type Press, type Presses, pressId } from '../domain/requests/press.ts';

/** What taking a press in needs from outside. */
export interface TakingIn {
  readonly presses: Pick<Presses, 'record'>;
  /** Has a press that is on the record carried out, soon and apart from this. Throws CallFailed. */
  readonly worker: { readonly later: (pressId: string) => Promise<void> };
}

/**
 * Takes presses in, whoever has verified them: each goes on the record, and is carried out later. Where this throws, nobody was told
 * that it was taken. Throws CallFailed.
 */
export const takeIn = async (presses: readonly Press[], { presses: recorded, worker }: TakingIn): Promise<void> => {
  for (const press of presses) {
    await recorded.record(press);
    await worker.later(pressId(press));
  }
};
