const EMAIL = /^[\w.!#$%&'*+\-/=?^`{|}~]+@[a-z\d-]+(\.[a-z\d-]+)+$/i;
const KNOWN_ENDING = /\.(?:org|net|com)(?::|\/|$)/;
const OPENINGS = ['(', '<', '&lt;'];
const CLOSINGS = ['.', ',', ')', '\n', '&gt;'];

/** Addresses in the text become links, by Nunjucks' rules. `length` cuts what is shown of them. */
export function urlize(text: string, length: number, noFollow: boolean): string {
  const rel = noFollow ? ' rel="nofollow"' : '';
  const shown = (address: string): string =>
    Number.isNaN(length) ? address : address.slice(0, Math.max(0, length));
  return text
    .split(/(\s+)/)
    .map((word) => {
      const address = withoutPunctuation(word);
      if (/^https?:\/\//.test(address)) return `<a href="${address}"${rel}>${shown(address)}</a>`;
      if (address.startsWith('www.')) return `<a href="http://${address}"${rel}>${shown(address)}</a>`;
      if (EMAIL.test(address)) return `<a href="mailto:${address}">${address}</a>`;
      if (KNOWN_ENDING.test(address)) return `<a href="http://${address}"${rel}>${shown(address)}</a>`;
      return word;
    })
    .join('');
}

/** One mark at either end falls away. */
function withoutPunctuation(word: string): string {
  const opening = OPENINGS.find((mark) => word.startsWith(mark)) ?? '';
  const rest = word.slice(opening.length);
  const closing = CLOSINGS.find((mark) => rest.endsWith(mark)) ?? '';
  return rest.slice(0, rest.length - closing.length);
}
