import { readFileSync } from 'node:fs';
import { z } from 'zod';

const published = z.fromJSONSchema(
  JSON.parse(
    readFileSync(new URL('../../../shared/notifications/compose/message.schema.json', import.meta.url), 'utf8'),
  ) as Parameters<typeof z.fromJSONSchema>[0],
);

/**
 * What Amazon Q takes.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
const customNotification = z.strictObject({
  version: z.literal('1.0'),
  source: z.literal('custom'),
  id: z.string().min(1).optional(),
  content: z.strictObject({
    textType: z.literal('client-markdown').optional(),
    title: z.string().min(1).max(250).optional(),
    description: z.string().min(1).max(8000),
    nextSteps: z.array(z.string().min(1)).max(10).optional(),
    keywords: z.array(z.string().min(1)).max(10).optional(),
  }),
  metadata: z.strictObject({
    threadId: z.string().min(1).max(255).optional(),
    summary: z.string().min(1).max(250).optional(),
    eventType: z.string().optional(),
    relatedResources: z.array(z.string()).optional(),
    additionalContext: z.record(z.string(), z.string()).optional(),
    enableCustomActions: z.boolean().optional(),
  }),
});

function problems(schema: z.ZodType, value: unknown): readonly string[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** What is wrong with a message by its published schema; nothing where it holds. */
export function messageProblems(value: unknown): readonly string[] {
  return problems(published, value);
}

/** The same of a custom notification. */
export function chatProblems(value: unknown): readonly string[] {
  return problems(customNotification, value);
}
