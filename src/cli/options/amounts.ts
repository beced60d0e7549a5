import { InvalidArgumentError } from 'commander';

/** An amount above 0 in US dollars, with or without its sign; `none` is no limit at all. */
export function dollars(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY;

  const value = Number(text.replace(/^\$/, ''));
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be an amount in US dollars, for example 0.50.');
}

/** A reader of whole numbers, both bounds included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** A share above 0, up to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number greater than 0 and at most 1.');
}

/** As `share`, or a percentage: `10%`. */
export function percentage(text: string): number {
  const value = /^(\d+(?:\.\d+)?)\s?%$/.exec(text)?.[1];
  if (value === undefined) return share(text);
  if (Number(value) > 0 && Number(value) <= 100) return Number(value) / 100;
  throw new InvalidArgumentError('It must be greater than 0% and at most 100%.');
}
