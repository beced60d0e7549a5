import type { JsonObject, JsonValue } from '../../model/json.ts';

/** More keys have too many orders; such an object is compared in its own alone. */
const MAX_REORDERED = 5;

/**
 * Whether a verdict stands in the judged material, so that the judge may only have quoted it. Spaces, quotation marks
 * and escapes do not count, and neither do the order of the keys and the way in which a number is written.
 */
export function isQuoted(verdict: JsonObject, material: readonly string[]): boolean {
  const texts = material.map(skeleton);
  const entries = Object.entries(verdict).map(([key, value]) => skeleton(key) + skeletonOf(value));
  const orders = entries.length > MAX_REORDERED ? [entries] : permutations(entries);
  return orders.some((order) => {
    const written = `{${order.join('')}}`;
    return texts.some((text) => text.includes(written));
  });
}

function skeletonOf(value: JsonValue): string {
  return skeleton(JSON.stringify(value));
}

/** Letters, numbers with their points and signs, and braces. */
function skeleton(text: string): string {
  return text
    .replace(/<\/?[a-z]+>/gi, '')
    .replace(/&#?\w+;/g, '')
    .replace(/\\[nrtbf]/g, '')
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .normalize('NFKC')
    .replace(/\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi, (number) => String(Number(number)))
    .toLowerCase()
    .replace(/(?!(?<=\d)\.\d|(?<![\p{L}\p{N}])-\d)[^\p{L}\p{N}{}]/gu, '');
}

function permutations(items: readonly string[]): string[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}
