import { CONTROLS } from '../shared/controls/registry.ts';
import type { AnyControl } from '../shared/domain/controls/control.ts';
import type { ControlDocs } from '../shared/domain/controls/control-docs.ts';
import { InputInvalid } from '../shared/domain/errors.ts';
import { didYouMean } from '../shared/policy/schema/suggest.ts';

/** A control with what is written about it. */
export interface DocumentedControl {
  readonly control: AnyControl;
  readonly docs: ControlDocs;
}

/**
 * A control by its id, with its documentation: loaded from the control's own file, which is named for it.
 *
 * @throws InputInvalid where there is no such control.
 */
export const documented = async (id: string): Promise<DocumentedControl> => {
  const control = CONTROLS.find((one) => one.id === id);
  if (control === undefined) {
    const ids = CONTROLS.map((one) => one.id);
    throw new InputInvalid(`${JSON.stringify(id)} is not a control${didYouMean(id, ids)}; there are ${ids.join(', ')}`);
  }
  const module: { readonly docs: ControlDocs } = await import(`../shared/controls/${control.id}.ts`);
  return { control, docs: module.docs };
};
