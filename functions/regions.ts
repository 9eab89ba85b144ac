import { setting } from './settings.ts';

/** The regions of the cell. Throws InputInvalid where none is set. */
export const cellRegions = (): readonly string[] => setting('regions').split(',');
