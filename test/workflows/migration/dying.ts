import { CallFailed } from '../../../shared/domain/errors.ts';
import type { GrantPorts } from '../../../shared/domain/ports.ts';

/**
 * The ports of an invocation that dies at a call (counted from 1), before its effect or after it: none of its
 * later calls has any.
 */
export function dying(ports: GrantPorts, at: number, when: 'before' | 'after'): GrantPorts {
  let calls = 0;
  const mortal =
    <A extends readonly unknown[], T>(method: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      calls += 1;
      const isLast = calls === at;
      if (calls > at || (isLast && when === 'before')) throw new CallFailed('any', 'InternalError', true, 'died');
      const answer = await method(...args);
      if (isLast) throw new CallFailed('any', 'InternalError', true, 'died');
      return answer;
    };
  const { ledger, reevaluation, exemptions, notifier } = ports;
  return {
    ...ports,
    region: (name) => {
      const { groups, grants, vpcs } = ports.region(name);
      return {
        groups: { fetchSnapshot: mortal(async (...args) => await groups.fetchSnapshot(...args)) },
        grants: {
          authorize: mortal(async (step) => await grants.authorize(step)),
          createGroup: mortal(async (like) => await grants.createGroup(like)),
          deleteGroup: mortal(async (id) => await grants.deleteGroup(id)),
          attach: mortal(async (...args) => await grants.attach(...args)),
        },
        vpcs,
      };
    },
    ledger: {
      ...ledger,
      recordStep: mortal(async (...args) => await ledger.recordStep(...args)),
      recordAnswer: mortal(async (...args) => await ledger.recordAnswer(...args)),
    },
    reevaluation: {
      ...reevaluation,
      requestApproved: mortal(async (entry) => await reevaluation.requestApproved(entry)),
      requestRevokeOfGrants: mortal(async (entry) => await reevaluation.requestRevokeOfGrants(entry)),
    },
    exemptions: { ...exemptions, active: mortal(async (ids) => await exemptions.active(ids)) },
    notifier: { ...notifier, notify: mortal(async (news) => await notifier.notify(news)) },
  };
}
