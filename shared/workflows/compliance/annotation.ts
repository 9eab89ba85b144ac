import { plain } from '../../network/text/format.ts';

/** @see https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html */
const MOST_CHARACTERS = 256;

const CUT = ' …';

/** A text as AWS Config takes it beside an evaluation: on one line, and cut after a whole word where it is longer than 256 characters. */
export const annotationOf = (text: string): string => {
  const line = plain(text);
  if (line.length <= MOST_CHARACTERS) return line;
  const room = line.slice(0, MOST_CHARACTERS - CUT.length + 1);
  const end = room.lastIndexOf(' ');
  return `${(end > 0 ? room.slice(0, end) : room.slice(0, -1)).trimEnd()}${CUT}`;
};
