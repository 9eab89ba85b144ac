import type { RunningCell } from '../../infra/local/cell/run-cell.ts';
import { doorName } from '../../shared/catalogue.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import { wrapReevaluationRequest } from '../../shared/events/requests/internal-request.ts';

export const REGION = 'eu-west-1';

export const by = { name: 'ann', arn: 'arn:aws:iam::111122223333:user/ann', through: 'command-line' } as const;
export const reason = 'ticket A-1';

/** Requests to a cell by people and by on-schedule. */
export function requestsTo({ local, delivery, invoke }: RunningCell) {
  /** Sends a command to on-grant once. Rejects as on-grant does. */
  const ask = async (command: Command): Promise<CommandResult> => (await invoke('onGrant', command)) as CommandResult;

  /** Requests the evaluation of a group, as on-schedule does, and waits for its end. */
  const look = async (groupId: string): Promise<void> => {
    const request = { do: 'look', groupIds: [groupId], region: REGION } as const;
    local.functions.invokeLater(doorName('onChange', 'requests'), REGION, wrapReevaluationRequest(request));
    await delivery.drain();
  };

  /** Id of the newest remediation of a group with this status; empty if there is none. */
  const remediationOf = async (groupId: string, status: string): Promise<string> => {
    const listed = await ask({ do: 'list', what: 'remediations', most: 50 });
    const lines = listed.kind === 'remediations' ? listed.lines : [];
    return lines.find((line) => line.groupId === groupId && line.status === status)?.id ?? '';
  };

  return { ask, look, remediationOf };
}
