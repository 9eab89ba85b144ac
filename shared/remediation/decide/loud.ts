import { higherMode, type Mode } from '../../domain/controls/mode.ts';

/** Whether a mode goes further than to observe: people are told or asked, or rules are closed. */
export const isLoud = (mode: Mode): boolean => higherMode(mode, 'observe') !== 'observe';
