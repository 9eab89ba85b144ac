import { InputInvalid } from '../../shared/domain/errors.ts';

const FORMATS = ['text', 'json'] as const;

/** How a command prints its result. */
export type Format = (typeof FORMATS)[number];

/** `--format`, for every command that has it. */
export const FORMAT_OPTION = { value: 'text|json', help: 'what to print (default text)' } as const;

/** The format asked for; text where none is. Throws InputInvalid for another one. */
export function formatOf(args: { readonly value: (name: string) => string | undefined }): Format {
  const given = args.value('format') ?? 'text';
  const format = FORMATS.find((one) => one === given);
  if (format === undefined)
    throw new InputInvalid(`--format ${JSON.stringify(given)}: expected ${FORMATS.join(' or ')}`);
  return format;
}
