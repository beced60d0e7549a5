/**
 * Whether a name fits a pattern in which `*` stands for any characters and `?` for one; upper and lower case
 * count the same. Time is at most |name|·|pattern|.
 */
export function matchesGlob(name: string, pattern: string): boolean {
  const text = name.toLowerCase();
  const glob = pattern.toLowerCase();
  let at = 0;
  let place = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (glob[place] === '*') {
      star = place++;
      resume = at;
    } else if (place < glob.length && (glob[place] === '?' || glob[place] === text[at])) {
      place++;
      at++;
    } else if (star >= 0) {
      place = star + 1;
      at = ++resume;
    } else return false;
  }

  while (glob[place] === '*') place++;
  return place === glob.length;
}
