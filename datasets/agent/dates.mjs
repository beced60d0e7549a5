const DAY_MS = 86_400_000;

/** Whole days from one ISO date to another. */
export function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** Monday to Friday after `from`, up to and including `to`. Public holidays are not known. */
export function businessDaysBetween(from, to) {
  let count = 0;
  for (let day = Date.parse(from) + DAY_MS; day <= Date.parse(to); day += DAY_MS) {
    if (![0, 6].includes(new Date(day).getUTCDay())) count += 1;
  }
  return count;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** `2026-11-04` as `4 November 2026`. */
export function spoken(date) {
  const [year, month, day] = date.split('-').map(Number);
  return `${day} ${MONTHS[month - 1]} ${year}`;
}
