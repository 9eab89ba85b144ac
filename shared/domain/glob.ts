/**
 * Whether a text matches a pattern in which `*` stands for anything, nothing included. Literal parts are sought from left to right
 * and never again, so there is no backtracking whatever the pattern.
 */
export const matchesGlob = (pattern: string, text: string): boolean => {
  const star = pattern.indexOf('*');
  if (star === -1) return text === pattern;
  if (star > 0 && text.charCodeAt(0) !== pattern.charCodeAt(0)) return false;
  if (!text.startsWith(pattern.slice(0, star))) return false;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop() ?? '';
  if (text.length < first.length + last.length || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
};
