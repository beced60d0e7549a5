/** The fields of `T`; those that may be undefined are optional, and absent rather than undefined. */
export type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * The fields that have a value, to be spread into an object with optional fields:
 * `{ id, ...defined({ seed, tags }) }`. Keeps their order, and null, which is a value.
 */
export function defined<T extends object>(fields: T): Defined<T>;
export function defined(fields: { readonly [key: string]: unknown }): object {
  // A loop: this runs several times for each trial, where lists of entries cost ten times as much.
  const given: { [key: string]: unknown } = {};
  for (const key of Object.keys(fields)) {
    if (fields[key] !== undefined) given[key] = fields[key];
  }
  return given;
}

/** A list or map with something in it; undefined for an empty one. */
export function nonEmpty<T extends object>(value: T | undefined): T | undefined {
  return value && Object.keys(value).length > 0 ? value : undefined;
}
