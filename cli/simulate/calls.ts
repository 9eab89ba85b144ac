import { contentPermission } from '../../shared/adapters/aws/ec2/ip-permission.ts';
import type { Plan } from '../../shared/domain/decision.ts';

/** JSON as one argument of a shell. */
const quoted = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "'\\''")}'`;

/**
 * The calls to EC2 that carry out plans, as commands of the AWS CLI. Rules go by content, as the cell removes them. A plan that waits for a
 * person makes no call.
 */
export const callsOf = (plans: readonly Plan[]): readonly string[] =>
  plans
    .filter(({ decision }) => decision.mode === 'enforce')
    .flatMap(({ steps }) =>
      steps.map(({ do: verb, direction, groupId, rules }) => {
        const permissions = quoted(rules.map(contentPermission));
        return `aws ec2 ${verb}-security-group-${direction} --group-id ${groupId} --ip-permissions ${permissions}`;
      }),
    );
