/** What {@link materialize} makes of a source: its values and its end as values. */
export type Notification<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly error: unknown }
