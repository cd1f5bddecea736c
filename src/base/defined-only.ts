type Defined<T> = {[K in keyof T]: Exclude<T[K], undefined>};

/** The object without the keys whose value is undefined. */
export function definedOnly<T extends object>(values: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Defined<T>>;
}
