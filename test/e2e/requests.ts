import type { RunningCell } from '../../infra/local/cell/run-cell.ts';
import { doorName } from '../../shared/catalogue.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import { wrapReevaluationRequest } from '../../shared/events/requests/internal-request.ts';

export const REGION = 'eu-west-1';

export const by = { name: 'ann', arn: 'arn:aws:iam::111122223333:user/ann', through: 'command-line' } as const;
export const reason = 'ticket A-1';

/** What people and the schedule ask of a cell. */
export function requestsTo({ local, delivery, invoke }: RunningCell) {
  /** Asks on-grant, once. Rejects as it does. */
  const ask = async (command: Command): Promise<CommandResult> => (await invoke('onGrant', command)) as CommandResult;

  /** Has a group looked at, as the schedule does, to the end of it. */
  const look = async (groupId: string): Promise<void> => {
    const request = { do: 'look', groupIds: [groupId], region: REGION } as const;
    local.functions.invokeLater(doorName('onChange', 'requests'), REGION, wrapReevaluationRequest(request));
    await delivery.drain();
  };

  /** The newest remediation of a group in a state, by its sortable id; empty where there is none. */
  const remediationOf = async (groupId: string, status: string): Promise<string> => {
    const listed = await ask({ do: 'list', what: 'remediations', most: 50 });
    const lines = listed.kind === 'remediations' ? listed.lines : [];
    return lines.find((line) => line.groupId === groupId && line.status === status)?.id ?? '';
  };

  return { ask, look, remediationOf };
}
