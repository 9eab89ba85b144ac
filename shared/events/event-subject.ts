import type { Brought, Scope } from '../domain/change.ts';

/** What an event is about: the groups to look at, and what the change brought them. */
export interface EventSubject {
  readonly scope: Scope;
  readonly brought: Brought;
}
