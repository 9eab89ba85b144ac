import type { Message, Reason } from '../../../domain/notifications/message.ts';
import { moreLines } from '../../compose/listing.ts';
import { gradeText } from '../../compose/text/grade.ts';
import { toldInContext } from './head.ts';
import { bold, isLinkable, link, own, paragraph, preformatted, richText, words } from './rich-text.ts';
import { type Block, cut } from './text.ts';

/** How many of each are told, and how long each may be: so much that all of it together stays below what Slack takes, whatever the texts are. */
const FACTS = { most: 10, label: 40, text: 160 } as const;
const REASONS = { most: 4, control: 60, text: 150, address: 250 } as const;
const REMARKS = { most: 3, text: 250 } as const;
const WAYS = { most: 5, label: 50, command: 130 } as const;
const LINKS = { most: 6, label: 60, address: 500, addresses: 1000 } as const;

const some = (content: readonly Block[]): readonly Block[] => (content.length === 0 ? [] : [richText(...content)]);

const lineBreak = (index: number): readonly Block[] => (index === 0 ? [] : [own('\n')]);

const left = (all: readonly unknown[], most: number): readonly Block[] =>
  moreLines(all.length - most).map((line) => own(`\n${line}`));

/** Who, from where, with what: a label and a line each. */
export const facts = (message: Message): readonly Block[] => {
  const told = toldInContext(message);
  const all = message.facts.filter(({ text }) => !told.has(text));
  const lines = all
    .slice(0, FACTS.most)
    .flatMap(({ label, text }, i) => [...lineBreak(i), bold(label, FACTS.label), own(': '), words(text, FACTS.text)]);
  return some(lines.length === 0 ? [] : [paragraph([...lines, ...left(all, FACTS.most)])]);
};

const reasonLine = (reason: Reason): readonly Block[] => {
  const { control, text, url } = reason;
  return [
    url !== undefined && isLinkable(url, REASONS.address)
      ? link(control, url, REASONS.control)
      : words(control, REASONS.control),
    own(` (${gradeText(reason)}): `),
    words(text, REASONS.text),
  ];
};

/** Why, each with a link to its documentation. */
export const reasons = ({ reasons: all }: Message): readonly Block[] => {
  const lines = all.slice(0, REASONS.most).flatMap((reason, i) => [...lineBreak(i), ...reasonLine(reason)]);
  return some(lines.length === 0 ? [] : [paragraph([...lines, ...left(all, REASONS.most)])]);
};

/** How it ended, and what else there is to know. */
export const remarks = ({ remarks: all }: Message): readonly Block[] => {
  const lines = all.slice(0, REMARKS.most).flatMap((text, i) => [...lineBreak(i), words(text, REMARKS.text)]);
  return some(lines.length === 0 ? [] : [paragraph([...lines, ...left(all, REMARKS.most)])]);
};

/** Commands to copy. */
export const ways = ({ ways: all }: Message): readonly Block[] =>
  some(
    all
      .slice(0, WAYS.most)
      .flatMap(({ label, command }) => [
        paragraph([words(label, WAYS.label)]),
        preformatted([cut(command, WAYS.command)]),
      ]),
  );

/** Those, from the first, whose addresses are not too much together. */
const affordable = (all: Message['links']): Message['links'] => {
  let length = 0;
  return all.filter(({ url }) => {
    if (!isLinkable(url, LINKS.address) || length + url.length > LINKS.addresses) return false;
    length += url.length;
    return true;
  });
};

/** Places to look at, on one line. */
export const links = ({ links: all }: Message): readonly Block[] => {
  const line = affordable(all)
    .slice(0, LINKS.most)
    .flatMap(({ label, url }, i) => [...(i === 0 ? [] : [own(' · ')]), link(label, url, LINKS.label)]);
  return some(line.length === 0 ? [] : [paragraph(line)]);
};
