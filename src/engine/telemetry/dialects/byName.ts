/** Senders use few names of attributes, over and over; those that make up new ones fill no memory. */
const MOST_NAMES = 2_000;
const LONGEST_NAME = 200;

/** What a name means, worked out once for each. */
export function byName<T>(work: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined || known.has(name)) return found as T;

    const value = work(name);
    if (name.length > LONGEST_NAME) return value;
    if (known.size >= MOST_NAMES) known.clear();
    known.set(name, value);
    return value;
  };
}
