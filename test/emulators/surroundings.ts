import path from 'node:path';
import { ROOT } from '../../infra/build/bundle.ts';

/** The account of all tests. AWS uses account ids of this form in examples. */
export const ACCOUNT = '111122223333';

/** The home region of the cells. */
export const REGION = 'eu-west-1';

/** A region that the second cell guards through a forwarder. */
export const OTHER_REGION = 'us-east-1';

/** Folders of the synthesised cells: one with the defaults, one with every option. */
export const ASSEMBLIES = {
  plain: path.join(ROOT, 'dist/emulators/plain'),
  full: path.join(ROOT, 'dist/emulators/full'),
} as const;

/** Stack name and secret of the second cell. */
export const SECOND = {
  stack: 'PortcullisTwo',
  /**
   * Ends like the ARN of a secret, because MiniStack finds a secret by its ARN only without the suffix that
   * MiniStack adds.
   */
  secret: 'portcullis-two-alerts-AbCdEf',
} as const;

/**
 * The environment of a program that calls emulators: npm's Node.js, without settings and credentials of the
 * machine's user, and without access to other machines.
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
