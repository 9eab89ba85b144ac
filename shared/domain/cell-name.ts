/** Name of a cell and of its stack, unless the deployment gives another. */
export const DEFAULT_CELL = 'Portcullis';
