const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The headers by which a server says that a wait of `ms` is asked for, in every form that RFC 9110 and OpenAI know. */
export const RETRY_AFTER_FORMS: {
  [form: string]: (ms: number, now: number) => { [header: string]: string };
} = {
  none: () => ({}),
  seconds: (ms) => ({ 'retry-after': String(Math.ceil(ms / 1000)) }),
  decimals: (ms) => ({ 'retry-after': (ms / 1000).toFixed(3) }),
  milliseconds: (ms) => ({ 'retry-after-ms': String(Math.ceil(ms)) }),
  imf: (ms, now) => ({ 'retry-after': new Date(wholeSecond(now + ms)).toUTCString() }),
  rfc850: (ms, now) => ({ 'retry-after': rfc850(new Date(wholeSecond(now + ms))) }),
  asctime: (ms, now) => ({ 'retry-after': asctime(new Date(wholeSecond(now + ms))) }),
};

/** A date knows no fractions: the next whole second is never too early. */
function wholeSecond(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}

function rfc850(date: Date): string {
  const day = two(date.getUTCDate());
  const year = two(date.getUTCFullYear() % 100);
  return `${LONG_DAYS[date.getUTCDay()]}, ${day}-${MONTHS[date.getUTCMonth()]}-${year} ${time(date)} GMT`;
}

function asctime(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${time(date)} ${date.getUTCFullYear()}`;
}

function time(date: Date): string {
  return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
