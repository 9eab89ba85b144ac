import { MESSAGE_KINDS, type MessageKind } from '../../domain/notifications/message.ts';

/** What a message can be about, word by word. */
export const KINDS: readonly MessageKind[] = Object.keys(MESSAGE_KINDS).filter(
  (word): word is MessageKind => word in MESSAGE_KINDS,
);
