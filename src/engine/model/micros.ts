/** Milliseconds to the microsecond: more digits would be noise, and are stored with every trial. */
export function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
