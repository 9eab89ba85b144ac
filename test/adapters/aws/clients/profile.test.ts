import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requireProfile } from '../../../../shared/adapters/aws/clients/personal.ts';
import { file } from '../../../cli/command-line.ts';

const CONFIG =
  '[default]\nregion = eu-west-1\n[profile prod]\nregion = eu-west-1\n[sso-session corp]\nsso_region = eu-west-1\n';

beforeEach(() => {
  vi.stubEnv('AWS_PROFILE', '');
  vi.stubEnv('AWS_CONFIG_FILE', file('aws-config', CONFIG));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file('aws-credentials', '[old]\naws_access_key_id = a\n'));
});
afterEach(() => vi.unstubAllEnvs());

describe('a profile', () => {
  it.each(['prod', 'old', 'default', undefined])('exists: %s', async (name) => {
    await expect(requireProfile(name)).resolves.toBeUndefined();
  });

  it('that does not exist is named, with those that do', async () => {
    await expect(requireProfile('prd')).rejects.toThrow(
      '--profile "prd": the AWS configuration files have no such profile; they have default, old, prod ',
    );
  });

  it('of the environment counts where the option is not given', async () => {
    vi.stubEnv('AWS_PROFILE', 'prd');
    await expect(requireProfile(undefined)).rejects.toThrow('AWS_PROFILE "prd": the AWS configuration files');
    await expect(requireProfile('prod')).resolves.toBeUndefined();
  });

  it('is not the name of another section', async () => {
    await expect(requireProfile('sso-session.corp')).rejects.toThrow('no such profile');
  });

  it('stays missing where there are no files', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    await expect(requireProfile('prod')).rejects.toThrow('they have no profiles');
  });
});
