import type { Exemption } from '../../shared/domain/exemption.ts';
import { plain } from '../../shared/network/text/format.ts';
import { isoTime } from '../../shared/reports/iso-time.ts';
import { counted } from '../../shared/reports/lines.ts';
import type { ExemptionRecord, ScanRecord } from '../../shared/reports/report.ts';
import type { LoadedPolicy } from '../policy-file.ts';
import { VERSION } from '../version.ts';
import type { AppliedExemption } from './exempting.ts';
import type { ScanExemptions } from './exemptions.ts';

/** What a scan went by. */
export interface ScanBasis {
  /** When it began, milliseconds since the epoch. */
  readonly now: number;
  readonly loaded: LoadedPolicy;
  readonly exemptions: ScanExemptions;
}

const exemptionRecord = ({ exemption, findings, groups }: AppliedExemption): ExemptionRecord => {
  const { id, by, owner, reason, ticket, until } = exemption;
  return {
    id,
    from: by.through === 'policy' ? 'policy' : 'ledger',
    owner,
    reason,
    ...(ticket !== undefined && { ticket }),
    until: isoTime(until),
    findings,
    groups,
  };
};

const whyNotInForce = ({ id, at, until }: Exemption, now: number): string =>
  `${id} (${now < at ? `begins ${isoTime(at)}` : `ended ${isoTime(until)}`})`;

/** Exemptions of the policy that the scan passed over, because of the day. */
export const notInForceNotes = ({ now, exemptions: { notInForce } }: ScanBasis): readonly string[] =>
  notInForce.length === 0
    ? []
    : [
        `exemptions of the policy that are not in force: ${notInForce.map((one) => whyNotInForce(one, now)).join(', ')}.`,
      ];

/** What a scan went by, for the report. */
export const scanRecord = (
  { now, loaded: { policy, from }, exemptions: { ledger } }: ScanBasis,
  applied: readonly AppliedExemption[],
  notes: readonly string[],
): ScanRecord => ({
  time: isoTime(now),
  tool: { name: 'portcullis', version: VERSION },
  policy: { preset: policy.preset, from },
  exemptions: {
    read: ledger === undefined ? ['policy'] : ['policy', 'ledger'],
    applied: applied.map(exemptionRecord),
  },
  notes,
});

const appliedLine = ({ exemption, findings, groups }: AppliedExemption): string => {
  const { id, owner, reason, until } = exemption;
  return plain(
    `Exempt: ${counted(findings, 'finding')} in ${counted(groups, 'group')} by ${id}, until ${isoTime(until)}, owner ${owner}: ${reason}`,
  );
};

/** What a scan went by, in lines for people. */
export const scanLines = (
  { now, exemptions: { ledger } }: ScanBasis,
  applied: readonly AppliedExemption[],
): readonly string[] => [
  ...applied.map(appliedLine),
  ledger === undefined
    ? 'Exemptions: those of the policy. Those in the ledger of a cell were not read (see --cell).'
    : `Exemptions: those of the policy and those in the ledger of the cell in ${ledger}.`,
  `Scanned ${isoTime(now)} with portcullis ${VERSION}.`,
];
