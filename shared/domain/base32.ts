/** Crockford's alphabet of base 32, lower case: no letter that a person could mistake for another. In ASCII order, so texts sort as numbers do. */
export const BASE_32 = '0123456789abcdefghjkmnpqrstvwxyz';
