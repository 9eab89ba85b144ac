import type { Plan } from '../../shared/model/decision.ts';

/** The calls to EC2 that carry out plans, in words of the AWS CLI. A plan that people are asked about makes none. */
export const callsOf = (plans: readonly Plan[]): readonly string[] =>
  plans
    .filter(({ decision }) => decision.mode === 'enforce')
    .flatMap(({ steps }) =>
      steps.map(({ do: verb, direction, groupId, rules }) => {
        const ids = rules.flatMap(({ id }) => id ?? []).join(' ');
        return `aws ec2 ${verb}-security-group-${direction} --group-id ${groupId} --security-group-rule-ids ${ids}`;
      }),
    );
