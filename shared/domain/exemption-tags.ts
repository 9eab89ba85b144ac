/** Tag whose value is the last day on which a group or rule is to be exempt. */
export const EXEMPT_UNTIL_TAG = 'portcullis:exempt-until';

/** Tag that says why. */
export const EXEMPT_REASON_TAG = 'portcullis:reason';
