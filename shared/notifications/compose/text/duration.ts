const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

/** A time span as people say it, to two places at the most: `4.2 s`, `3 min 20 s`, `2 h 5 min`, `12 d 3 h`. */
export const durationText = (ms: number): string => {
  const whole = Math.max(0, ms);
  const two = (unit: number, name: string, part: number, partName: string): string =>
    `${Math.floor(whole / unit)} ${name} ${Math.floor((whole % unit) / part)} ${partName}`;
  if (whole < MINUTE) return `${(whole / SECOND).toFixed(1)} s`;
  if (whole < HOUR) return two(MINUTE, 'min', SECOND, 's');
  return whole < DAY ? two(HOUR, 'h', MINUTE, 'min') : two(DAY, 'd', HOUR, 'h');
};
