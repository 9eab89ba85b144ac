import type { Trigger } from '../../domain/change.ts';

/** What can bring the world to a group: its rules, the lists that they name, and the group's getting something to protect. */
export const OPENING: readonly Trigger[] = [
  'rules-added',
  'rules-modified',
  'group-created',
  'prefix-list-changed',
  'attached',
  'tagged',
  'sweep',
];

/** What can bring a rule of any kind. */
export const NEW_RULES: readonly Trigger[] = ['rules-added', 'rules-modified', 'group-created', 'sweep'];
