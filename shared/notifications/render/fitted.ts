/** Lines of a listing that are tried, the most first: with none at all every message fits. */
const STEPS = [400, 100, 50, 20, 5, 1, 0];

const encoder = new TextEncoder();

/** Bytes of a text within a text of JSON, without the quotes around it. */
const bytesWithin = (text: string): number => encoder.encode(JSON.stringify(text)).length - 2;

/** A rendering with as many lines of each listing as fit, up to `most`: at most `room` bytes as a text within JSON. */
export const fitted = (render: (most: number) => string, room: number, most: number): string => {
  const sizes = STEPS.filter((step) => step <= most);
  const fits = sizes.find((step) => bytesWithin(render(step)) <= room);
  return render(fits ?? 0);
};
