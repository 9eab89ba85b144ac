import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { InputInvalid } from '../../../domain/errors.ts';
import { LONGEST_SWITCH_MS, type SwitchOrder } from '../../../domain/requests/switch-order.ts';
import { call } from '../call.ts';
import { type AccountChoice, personalSettings } from '../clients/account-choice.ts';

/** A client for the switch's parameter with a person's own credentials. */
export const personalSwitchClient = (choice: AccountChoice): SSMClient => new SSMClient(personalSettings(choice));

/**
 * Writes the switch's parameter over what it says now, in the form that the functions read. It ends by itself at `until`.
 *
 * @param now ms since the epoch.
 * @throws InputInvalid where it would run for more than 12 hours or has no reason; CallFailed.
 */
export async function writeSwitch(
  ssm: Pick<SSMClient, 'send'>,
  parameter: string,
  { mode, until, reason }: SwitchOrder,
  now: number,
): Promise<void> {
  if (until - now > LONGEST_SWITCH_MS) throw new InputInvalid('the runtime switch is set for at most 12 hours');
  if (reason.trim() === '') throw new InputInvalid('the runtime switch needs a reason');
  const Value = JSON.stringify({ mode, until: new Date(until).toISOString(), reason });
  const command = new PutParameterCommand({ Name: parameter, Value, Type: 'String', Overwrite: true });
  await call('PutParameter', ssm.send(command));
}
