/** A value in a query. */
export type Literal = string | number;

/** What a resource must meet. Properties are paths with dots; on a list they hold for any of its entries. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'compare';
      readonly property: string;
      readonly operator: '=' | '<' | '>' | 'LIKE';
      readonly value: Literal;
    }
  | { readonly kind: 'between'; readonly property: string; readonly low: Literal; readonly high: Literal }
  | { readonly kind: 'in'; readonly property: string; readonly values: readonly Literal[] };

/** A query in the part of AWS Config's SQL that is known here. */
export interface Query {
  /** Properties, and `COUNT(*)`. */
  readonly select: readonly string[];
  readonly where?: Condition;
  readonly groupBy: readonly string[];
  readonly orderBy: readonly { readonly property: string; readonly isDescending: boolean }[];
}

/** The one aggregate that is known here. */
export const COUNT = 'COUNT(*)';
