/**
 * A headline as SNS takes it as a subject.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (Subject: ASCII, under 100 characters, no line breaks)
 */
export const asSubject = (text: string): string => {
  const ascii = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return ascii.length < 100 ? ascii : `${ascii.slice(0, 96)}...`;
};
