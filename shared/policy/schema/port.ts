import { z } from 'zod';
import { PORT_PATTERN, readPorts } from '../ports.ts';

const A_PORT = 'a port such as 22, 5900-5906 or udp/11211';

/** One entry of a list of ports. */
export const port = z.union(
  [
    z.int({ error: A_PORT }).min(0, { error: A_PORT, abort: true }).max(65_535, { error: A_PORT, abort: true }),
    z
      .string({ error: A_PORT })
      .regex(PORT_PATTERN, { error: A_PORT, abort: true })
      .refine((entry) => readPorts(entry) !== undefined, { error: A_PORT, abort: true }),
  ],
  { error: A_PORT },
);
