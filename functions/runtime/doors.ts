import { DOORS, type Door, type DoorOf, type FunctionWithDoors } from '../../shared/catalogue/doors.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { aliasIn, plainArn } from '../../shared/events/function-arn.ts';
import type { Handler } from './runtime.ts';

const isDoor = <T extends object>(doors: T, name: string): name is Extract<keyof T, string> =>
  Object.hasOwn(doors, name);

function refusal(id: FunctionWithDoors, invokedArn: string): InputInvalid {
  const name = plainArn(invokedArn).split(':').at(-1);
  const doors: Partial<Record<Door, { readonly from: string }>> = DOORS[id];
  const uses = Object.entries(doors).map(([door, { from }]) => `${name}:${door} is for ${from}`);
  return new InputInvalid(
    `${name} was invoked by ${aliasIn(invokedArn) ?? 'its bare name'}: invoke one of its aliases (${uses.join('; ')})`,
  );
}

/**
 * Gives each invocation to the handler of the alias that it came through. The alias, not the payload, says who the caller is.
 *
 * The handler that is returned rejects with InputInvalid for an invocation that came through none of the function's doors.
 */
export function throughDoors<Id extends FunctionWithDoors, Result>(
  id: Id,
  handlers: Readonly<Record<DoorOf<Id>, Handler<Result>>>,
): Handler<Result> {
  return async (event, context) => {
    const door = aliasIn(context.invokedFunctionArn) ?? '';
    if (!isDoor(handlers, door)) throw refusal(id, context.invokedFunctionArn);
    return await handlers[door](event, context);
  };
}
