/** Tag of a group that a migration made, with the id of the default group that it stands in for. Whoever grants may change no other group's being. */
export const REPLACEMENT_TAG = 'portcullis:replaces';
