/** Shares and sums are compared with this much slack so that rounding never decides. */
export const ROUNDING = 1e-9;

/** A share in percent, with as many decimals as it takes to tell it from `other`, up to four. */
export function percent(share: number, other = share): string {
  const isSame = Math.abs(share - other) <= ROUNDING;
  const tells = (digits: number) => isSame || (share * 100).toFixed(digits) !== (other * 100).toFixed(digits);
  return `${(share * 100).toFixed([1, 2, 3].find(tells) ?? 4)} %`;
}

/** A limit in percent as a person would write it: `80 %`. */
export function percentLimit(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}

/** US dollars: two decimals at least, and up to four significant digits. */
export function dollars(usd: number): string {
  const [, decimals = ''] = usd.toLocaleString('en-US', { maximumSignificantDigits: 4 }).split('.');
  return `$${usd.toLocaleString('en-US', {
    useGrouping: false,
    minimumFractionDigits: 2,
    maximumFractionDigits: Math.max(2, decimals.length),
  })}`;
}
