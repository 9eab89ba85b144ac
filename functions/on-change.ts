import { cellPorts, groupsIn } from '../shared/aws/cell.ts';
import { lazyHandover } from '../shared/aws/handover-lazily.ts';
import { withoutFact } from '../shared/pipeline/enabled.ts';
import { cellSettings } from './cell.ts';
import { cellFindings } from './findings.ts';
import { changeHandler } from './handle-change.ts';
import { journalTo } from './journal.ts';
import { loadPolicy } from './policy.ts';
import { setting } from './settings.ts';
import { clock, logger, metrics, observed } from './telemetry.ts';

/** This role lists no functions, whose answer would show their environment variables: what names a group is never known here. */
const policy = withoutFact(loadPolicy(), 'referencedBy');
const journal = journalTo(logger, metrics);
const findings = cellFindings();
const ports = {
  ...cellPorts(cellSettings(policy)),
  ...(findings && { findings }),
  handover: lazyHandover(setting('grantFunction')),
  clock,
  journal,
};

/** EventBridge's target for what CloudTrail says of security groups: closes what the change has opened. */
export const handler = observed(changeHandler({ policy, ports, groupsIn, logger, metrics }));
