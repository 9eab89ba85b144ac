/** JSON with the keys of each object in order and nothing between: equal for what is equal. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
};

/**
 * What a proof is for, as one text: this command, to this function.
 *
 * @param command as JSON carries it, without its proof.
 * @param functionArn without version or alias.
 */
export const commandText = (command: object, functionArn: string): string =>
  `portcullis-command-1\n${functionArn}\n${canonical(command)}`;

/** SHA-256 of that text, 64 hexadecimal digits. */
export const commandDigest = async (command: object, functionArn: string): Promise<string> => {
  const bytes = new TextEncoder().encode(commandText(command, functionArn));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
};
