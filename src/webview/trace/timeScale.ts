/** A stretch of time that is looked at; milliseconds since the epoch. */
export interface TimeRange {
  from: number;
  to: number;
}

/** Nothing shorter is looked at, in milliseconds. */
const SHORTEST = 0.01;

/** Where something lies in a range, in percent of its width; what lies outside is cut off. Null: nothing of it is inside. */
export function barOf(
  { from, to }: TimeRange,
  startMs: number,
  endMs: number,
): { left: number; width: number } | null {
  const whole = to - from;
  if (whole <= 0) return { left: 0, width: 100 };
  if (endMs < from || startMs > to) return null;

  const left = (Math.max(startMs, from) - from) / whole;
  const right = (Math.min(endMs, to) - from) / whole;
  return { left: left * 100, width: Math.max(0, right - left) * 100 };
}

/** Looks at a part of the range, `factor` < 1, or at more of it, about a point of time; never beyond the whole. */
export function zoomed(range: TimeRange, factor: number, about: number, whole: TimeRange): TimeRange {
  const length = Math.min(whole.to - whole.from, Math.max(SHORTEST, (range.to - range.from) * factor));
  const share = (about - range.from) / Math.max(SHORTEST, range.to - range.from);
  return moved({ from: about - share * length, to: about - share * length + length }, 0, whole);
}

/** Looks further left or right, as far as the whole goes. */
export function moved({ from, to }: TimeRange, by: number, whole: TimeRange): TimeRange {
  const length = Math.min(to - from, whole.to - whole.from);
  const start = Math.max(whole.from, Math.min(whole.to - length, from + by));
  return { from: start, to: start + length };
}

/** Round marks of a range: milliseconds from the start of the trace, with where they are in percent. */
export function ticks(range: TimeRange, origin: number, most: number): { ms: number; left: number }[] {
  const length = range.to - range.from;
  if (!(length > 0) || most < 1) return [];

  const step = roundStep(length / most);
  const first = Math.ceil((range.from - origin) / step);
  const marks: { ms: number; left: number }[] = [];
  for (let index = first; marks.length <= most + 1; index += 1) {
    const ms = index * step;
    const left = ((origin + ms - range.from) / length) * 100;
    if (left > 100) break;
    marks.push({ ms, left });
  }
  return marks;
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((times) => times * power >= least * 0.999_999) ?? 10;
  return step * power;
}

/** `0`, `250 µs`, `1.5 ms`, `2 s`: a mark of the scale. */
export function tickText(ms: number): string {
  const size = Math.abs(ms);
  if (size === 0) return '0';
  if (size < 1) return `${trim(ms * 1000)} µs`;
  if (size < 1000) return `${trim(ms)} ms`;
  if (size < 60_000) return `${trim(ms / 1000)} s`;
  return `${trim(ms / 60_000)} min`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(2)));
}
