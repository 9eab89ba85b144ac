import { z } from 'zod';

const A_PRINCIPAL = 'the ARN of a user or role, with * for anything, such as arn:aws:iam::111122223333:role/deploy-*';

/** The first part of the name must not be left open: `role/*` would be everybody, `assumed-role/*` with a session's name, too. */
const FORM = /^arn:[^:]*:(?:iam|sts)::[^:]*:(?:root|(?:user|role|assumed-role|federated-user)\/\**[^*/].*)$/;

/** A glob of ARNs of principals that does not take in everybody. */
export const principal = z.string({ error: A_PRINCIPAL }).regex(FORM, { error: A_PRINCIPAL });
