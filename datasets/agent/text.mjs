const STOP_WORDS = new Set(
  `a about after again all also am an and any are as at be been but by can could did do does for from get
  had has have hello hi how i if in into is it its just long many may me much my no not of on one or our out please
  should so some tell than thanks that the their them then there they this to too up us use want was we were what
  when where which who will with would you your`.split(/\s+/),
);

/** Lower-case words and numbers, in order. */
export function words(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Words that carry meaning, as they were written. */
export function contentWords(text) {
  return words(text).filter((word) => !STOP_WORDS.has(word));
}

/** Words that carry meaning, stemmed. */
export function terms(text) {
  return contentWords(text).map(stem);
}

/** A light English stemmer: plural, -ing, -ed. Good enough for a few dozen passages. */
export function stem(word) {
  if (word.length <= 3 || /\d/.test(word)) return word;
  const base = word
    .replace(/ies$/, 'y')
    .replace(/(ss|sh|ch|x)es$/, '$1')
    .replace(/([^s])s$/, '$1');
  return base
    .replace(/([a-z]{3,})(?:ing|ed)$/, '$1')
    .replace(/([bdgmnprt])\1$/, '$1')
    .replace(/e$/, '');
}

/** True when the words are at most one edit (insert, delete, replace, swap of neighbours) apart. */
export function isOneEditApart(a, b) {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

export function sentences(text) {
  return text.match(/[^.!?]+(?:[.!?](?=\d)[^.!?]*)*[.!?]+/g)?.map((sentence) => sentence.trim()) ?? [text];
}
