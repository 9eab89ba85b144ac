import {
  type ActionRequestCell,
  type HandledActionRequest,
  handleActionRequest,
} from '../../shared/actions/action-request.ts';
import { type ActionPermission, type ActionRequest, actionRequestId } from '../../shared/domain/action.ts';
import type { Command, CommandResult } from '../../shared/domain/command.ts';
import { ChannelRefused } from '../../shared/domain/errors.ts';
import type { People } from '../../shared/domain/policy.ts';
import { pressesInMemory } from '../contract/actions/in-memory.ts';

export const START = Date.parse('2026-05-01T12:00:00Z');

export const ID = '01h455vb4pex5vsknk084sn02q';

function permit(more: Partial<ActionPermission>): ActionPermission {
  return {
    actions: ['restore', 'exempt', 'approve', 'decline', 'acknowledge'],
    slackUsers: [],
    slackGroups: [],
    principals: [],
    ...more,
  };
}

/**
 * Ann may do anything, on-call may approve, and anybody in the workspace's group of the web team may
 * acknowledge.
 */
export const PEOPLE: People = {
  slackTeam: 'T1',
  may: [
    permit({ slackUsers: ['UANN'] }),
    permit({ actions: ['approve'], slackGroups: ['SEMPTY', 'SONCALL'] }),
    permit({ actions: ['acknowledge'], slackGroups: ['SWEB'] }),
  ],
};

/** Ann presses restore, unless `more` says otherwise. */
export function press(more: Partial<ActionRequest> = {}, user = 'UANN'): ActionRequest {
  return {
    action: 'restore',
    remediationId: ID,
    by: { through: 'slack', team: 'T1', user, name: user.slice(1).toLowerCase() },
    responseUrl: `https://hooks.slack.com/actions/T1/1/${user}`,
    at: START,
    ...more,
  };
}

/** What the function that grants answers by default: it is the first to acknowledge. */
const SEEN: CommandResult = { kind: 'acknowledged', first: true, by: { name: 'x', through: 'button' }, at: START };

/** Everything that a press takes, in memory. */
export function pressWorld({
  people = PEOPLE,
  obey = async (): Promise<CommandResult> => await Promise.resolve(SEEN),
}: {
  readonly people?: People;
  readonly obey?: (command: Command) => Promise<CommandResult>;
} = {}) {
  const clock = { at: START };
  const presses = pressesInMemory(() => clock.at);
  const asked: Command[] = [];
  const told: { readonly url: string; readonly line: string }[] = [];
  const looked: string[] = [];
  const members: Record<string, readonly string[] | ChannelRefused> = { SEMPTY: [], SONCALL: ['UBEN'], SWEB: ['UCAT'] };
  /** What Slack refuses the next answers with. */
  const refusals: ChannelRefused[] = [];
  const cell: ActionRequestCell = {
    people,
    ports: {
      actions: presses,
      grant: {
        obey: async (command) => {
          asked.push(command);
          return await obey(command);
        },
      },
      userGroups: {
        hasMember: async (group, user) => {
          looked.push(group);
          const found = members[group] ?? new ChannelRefused('slack', 'no_such_subteam', false);
          if (found instanceof ChannelRefused) throw found;
          return await Promise.resolve(found.includes(user));
        },
      },
      answers: {
        reply: async (url, line) => {
          const refusal = refusals.shift();
          if (refusal !== undefined) throw refusal;
          told.push({ url, line });
          await Promise.resolve();
        },
      },
      clock: { now: () => clock.at },
    },
  };
  /** A press that the front has verified and recorded, worked on. */
  const worked = async (one: ActionRequest): Promise<HandledActionRequest> => {
    await presses.record(one);
    return await handleActionRequest(actionRequestId(one), cell);
  };
  return { cell, clock, presses, asked, told, looked, members, refusals, worked };
}
