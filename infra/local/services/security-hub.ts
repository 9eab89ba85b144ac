import type {
  AwsSecurityFinding,
  BatchImportFindingsRequest,
  BatchImportFindingsResponse,
} from '@aws-sdk/client-securityhub';
import type { Region } from '../state/account.ts';
import { AwsError, type Operations } from '../state/operation.ts';

const MAX_FINDINGS = 100;
const MAX_BYTES = 240 * 1024;

/**
 * Required text attributes of ASFF, with their maximum length.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html
 */
const REQUIRED = {
  SchemaVersion: 32,
  Id: 512,
  ProductArn: 2048,
  GeneratorId: 512,
  AwsAccountId: 16,
  CreatedAt: 64,
  UpdatedAt: 64,
  Title: 256,
  Description: 1024,
} as const satisfies Partial<Record<keyof AwsSecurityFinding, number>>;

function isRequired(name: string): name is keyof typeof REQUIRED {
  return Object.hasOwn(REQUIRED, name);
}

function textProblem(finding: AwsSecurityFinding): string | undefined {
  return Object.keys(REQUIRED)
    .filter(isRequired)
    .find((name) => !finding[name]?.trim() || finding[name].length > REQUIRED[name]);
}

/** Whether account and product of the finding are those of the importing account and region. */
function ownerProblem({ name, account }: Region, finding: AwsSecurityFinding): string | undefined {
  if (finding.AwsAccountId !== account.id) return 'finding.AwsAccountId is not the account of the caller';
  const product = `:securityhub:${name}:${account.id}:product/${account.id}/default`;
  return finding.ProductArn?.endsWith(product) ? undefined : `finding.ProductArn should end with ${product}`;
}

/** The first reason to refuse a finding. */
function problemOf(region: Region, finding: AwsSecurityFinding): string | undefined {
  const text = textProblem(finding);
  if (text !== undefined) return `finding.${text} is missing or too long`;
  if (finding.SchemaVersion !== '2018-10-08') return 'finding.SchemaVersion should be 2018-10-08';
  if (!finding.Severity && !finding.FindingProviderFields?.Severity) return 'finding.Severity is missing';
  if (!finding.Types && !finding.FindingProviderFields?.Types) return 'finding.Types is missing';
  if (!finding.Resources?.length) return 'finding.Resources is missing';
  if (Number.isNaN(Date.parse(finding.UpdatedAt ?? ''))) return 'finding.UpdatedAt is no time';
  if (Buffer.byteLength(JSON.stringify(finding), 'utf8') > MAX_BYTES) return 'the finding is over 240 KB';
  return ownerProblem(region, finding);
}

/** The finding to store. An update keeps Workflow and Note, which people set with BatchUpdateFindings. */
function findingToStore(region: Region, finding: AwsSecurityFinding): AwsSecurityFinding {
  const { Workflow: _workflow, Note: _note, ...given } = finding;
  const { Workflow, Note } = region.findings.get(finding.Id ?? '') ?? finding;
  return { ...given, ...(Workflow && { Workflow }), ...(Note && { Note }) };
}

/**
 * BatchImportFindings: imports the valid findings and reports the others. Throws InvalidInputException for no
 * finding and for more than 100.
 */
function batchImportFindings(
  region: Region,
  { Findings = [] }: BatchImportFindingsRequest,
): BatchImportFindingsResponse {
  if (Findings.length === 0 || Findings.length > MAX_FINDINGS) {
    throw new AwsError('InvalidInputException', `Findings must have 1 to ${MAX_FINDINGS} members`);
  }
  const judged = Findings.map((finding) => ({ finding, problem: problemOf(region, finding) }));
  const failed = judged.flatMap(({ finding, problem }) =>
    problem === undefined ? [] : [{ Id: finding.Id ?? '', ErrorCode: 'InvalidInput', ErrorMessage: problem }],
  );
  for (const { finding, problem } of judged) {
    if (problem === undefined) region.findings.set(finding.Id ?? '', findingToStore(region, finding));
  }
  return { FailedCount: failed.length, SuccessCount: Findings.length - failed.length, FailedFindings: failed };
}

/** The operations of Security Hub. */
export const securityHubOperations = { BatchImportFindings: batchImportFindings } satisfies Operations;
