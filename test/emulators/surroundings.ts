import path from 'node:path';
import { ROOT } from '../../infra/build/bundle.ts';

/** The account that everything here runs in. Account ids of this form are AWS's own for examples. */
export const ACCOUNT = '111122223333';

/** The home region of the cells. */
export const REGION = 'eu-west-1';

/** A region that the second cell guards as well, by a forwarder. */
export const OTHER_REGION = 'us-east-1';

/** Where the synthesised cells lie: one with the defaults, one with every option. */
export const ASSEMBLIES = {
  plain: path.join(ROOT, 'dist/emulators/plain'),
  full: path.join(ROOT, 'dist/emulators/full'),
} as const;

/** Stack name and secret of the second cell. */
export const SECOND = {
  stack: 'PortcullisTwo',
  /** Ends as the ARN of a secret ends, because MiniStack finds a secret by its ARN without the suffix that it adds itself. */
  secret: 'portcullis-two-alerts-AbCdEf',
} as const;

/**
 * The environment of a program that speaks to emulators: Node.js as npm installed it, no settings or credentials of this machine's
 * user, and nothing that reaches beyond the machine.
 *
 * @param scratch folder for temporary files and caches.
 */
export function programEnvironment(
  scratch: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    PATH: [path.join(ROOT, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(path.delimiter),
    HOME: scratch,
    TMPDIR: scratch,
    AWS_REGION: REGION,
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...more,
  };
}
