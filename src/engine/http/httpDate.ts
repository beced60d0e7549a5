const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const DAY_IN_FULL = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';

/** IMF-fixdate, RFC 850 and asctime (RFC 9110, section 5.6.7), which are case-sensitive. */
const FORMS = [
  new RegExp(`^${DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^${DAY_IN_FULL}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^${DAY} ${MONTH} (?<day>\\d\\d| \\d) ${TIME} (?<year>\\d{4})$`),
];

/**
 * Milliseconds since the epoch that an HTTP date names; undefined for whatever is not one, also where `Date.parse` would
 * read it. `nowMs` decides which century a year of two digits belongs to.
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  for (const form of FORMS) {
    const fields = form.exec(text)?.groups;
    if (fields) return toTime(fields, nowMs);
  }
  return undefined;
}

function toTime(fields: { [name: string]: string | undefined }, nowMs: number): number | undefined {
  const [day, hour, minute, second] = [fields['day'], fields['hour'], fields['minute'], fields['second']].map(
    Number,
  ) as [number, number, number, number];
  const year = fullYear(fields['year'] ?? '', nowMs);
  const month = MONTHS.indexOf(fields['month'] ?? '');
  // 60 is a leap second, which counts as the first second of the next minute.
  if (hour > 23 || minute > 59 || second > 60) return undefined;

  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  // A day that its month does not have would silently be one of the next.
  if (date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second);
}

/** A year of two digits more than 50 years ahead is the last one in the past that ends with them. */
function fullYear(digits: string, nowMs: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
