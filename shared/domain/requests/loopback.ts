const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether a host, as a URL's `hostname` has it, is this machine. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);
