import { type Principal, principalId } from '../principals.ts';

function sessionContext(principal: Principal, accountId: string, at: string): object {
  const role = principal.arn.split('/')[1] ?? principal.name;
  return {
    sessionIssuer: {
      type: 'Role',
      principalId: principalId(principal, accountId).split(':')[0],
      arn: `arn:aws:iam::${accountId}:role/${role}`,
      accountId,
      userName: role,
    },
    webIdFederationData: {},
    attributes: { creationDate: at, mfaAuthenticated: 'false' },
  };
}

/**
 * `userIdentity` of an event. Only an assumed role has a `sessionContext`; a service acting for itself has only its name.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function userIdentity(principal: Principal, accessKeyId: string, accountId: string, at: string): object {
  const { type, arn, name, invokedBy } = principal;
  const invoked = invokedBy === undefined ? {} : { invokedBy };
  const id = principalId(principal, accountId);
  switch (type) {
    case 'IAMUser':
      return { type, principalId: id, arn, accountId, accessKeyId, userName: name, ...invoked };
    case 'AssumedRole': {
      const context = sessionContext(principal, accountId, at);
      return { type, principalId: id, arn, accountId, accessKeyId, sessionContext: context, ...invoked };
    }
    case 'Root':
      return { type, principalId: id, arn, accountId, accessKeyId, ...invoked };
    case 'AWSService':
      return { type, invokedBy: invokedBy ?? name };
    case 'AWSAccount':
      return { type, principalId: id, accountId, ...invoked };
    default:
      return type satisfies never;
  }
}
