import type { Policy } from '../../shared/domain/controls/policy.ts';
import { RemediatorError } from '../../shared/domain/errors.ts';
import type { Exemption } from '../../shared/domain/exemption.ts';
import { exemptionsAt } from '../../shared/policy/exempt.ts';
import type { Arguments } from '../command.ts';
import type { Terminal } from '../terminal.ts';

/** The exemptions that a scan goes by. */
export interface ScanExemptions {
  /** In force at the time of the scan: the policy's, then the ledger's. */
  readonly inForce: readonly Exemption[];
  /** Exemptions of the policy that have ended or have not begun. */
  readonly notInForce: readonly Exemption[];
  /** Home region of the cell whose ledger was asked; absent if none was. */
  readonly ledger?: string;
  /** Why the ledger's exemptions could not be read. */
  readonly errors: readonly string[];
}

/** Most exemptions that are read: all, in practice. */
const MOST = 100_000;

/** The exemptions in the ledger of the cell that `--cell` names. Throws InputInvalid, CallFailed. */
const readLedger = async (args: Arguments, terminal: Terminal): Promise<readonly Exemption[]> => {
  const { look } = await import('../cell/ask.ts');
  const result = await look(args, terminal, { do: 'list', what: 'exemptions', most: MOST }, 'cell');
  return result.kind === 'exemptions' ? result.exemptions.filter(({ by }) => by.through !== 'policy') : [];
};

/** Reads the exemptions. A ledger that cannot be read does not end the scan: it is an error in the result. */
export const readExemptions = async (args: Arguments, policy: Policy, terminal: Terminal): Promise<ScanExemptions> => {
  const now = terminal.clock.now();
  const ofPolicy = exemptionsAt(now, policy, []);
  const notInForce = policy.exemptions.filter((one) => !ofPolicy.includes(one));
  const ledger = args.value('cell');
  if (ledger === undefined) return { inForce: ofPolicy, notInForce, errors: [] };
  try {
    const inForce = exemptionsAt(now, policy, await readLedger(args, terminal));
    return { inForce, notInForce, ledger, errors: [] };
  } catch (error) {
    if (!(error instanceof RemediatorError)) throw error;
    return {
      inForce: ofPolicy,
      notInForce,
      errors: [`exemptions in the ledger of the cell in ${ledger}: ${error.message}`],
    };
  }
};
