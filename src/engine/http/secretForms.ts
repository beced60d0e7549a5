/** Shorter ones would be found in innocent words. */
const LEAST = 4;
/** An encoded form of something shorter would be found in innocent texts as well. */
const LEAST_ENCODED = 6;

/**
 * The ways in which a secret comes back in a text: as it is; within JSON, HTML or an address; as hexadecimal; and in
 * base64, wherever it stands in what was encoded (`user:password` of basic authentication). A secret that is itself
 * the base64 of `user:password`, or has a scheme before it (`Bearer …`), counts with what is inside. Empty for less
 * than 4 characters.
 */
export function secretForms(secret: string): Set<string> {
  const forms = new Set<string>();
  for (const text of [secret, secret.trim(), ...within(secret.trim())])
    if (text.length >= LEAST) addForms(text, forms);
  return forms;
}

function addForms(text: string, forms: Set<string>): void {
  const json = JSON.stringify(text).slice(1, -1);
  forms.add(text).add(json).add(json.replaceAll('/', '\\/')).add(JSON.stringify(json).slice(1, -1));
  forms.add(ascii(json));

  const query = new URLSearchParams([['', text]]).toString().slice(1);
  for (const address of [encodeAll(text), strict(text), query])
    forms.add(address).add(address.replace(/%[0-9A-F]{2}/g, lower));
  for (const quote of ['&#39;', '&#x27;', '&apos;', "'"]) forms.add(html(text, quote));

  if (text.length < LEAST_ENCODED) return;
  const bytes = Buffer.from(text);
  forms.add(bytes.toString('hex')).add(bytes.toString('hex').toUpperCase());
  for (const core of base64Cores(bytes)) forms.add(core).add(core.replaceAll('+', '-').replaceAll('/', '_'));
}

/** What is secret inside a header's value. */
function* within(text: string): Iterable<string> {
  const value = text.replace(/^(?:Basic|Bearer|Token|ApiKey|Key|Digest)\s+/i, '');
  if (value !== text) yield value;

  const password = passwordOf(value);
  if (password !== undefined) yield password;
}

/** Of `user:password` in base64. */
function passwordOf(value: string): string | undefined {
  if (value.length < 8 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) return undefined;
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  if (!/^[\x20-\x7e]+$/.test(decoded) || !decoded.includes(':')) return undefined;
  return decoded.slice(decoded.indexOf(':') + 1);
}

/**
 * The characters that do not depend on what stands before and behind the secret in the encoded text: three bytes are
 * four characters, so there are three ways to lie.
 */
function base64Cores(secret: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), secret]).toString('base64');
    const used = before + secret.length;
    return encoded.slice(before === 0 ? 0 : before + 1, Math.floor(used / 3) * 4 + (used % 3));
  });
}

function encodeAll(text: string): string {
  // A lone surrogate cannot be encoded.
  return text.isWellFormed() ? encodeURIComponent(text) : text;
}

function strict(text: string): string {
  return encodeAll(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function html(text: string, quote: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", quote);
}

/** As programs write JSON that keeps to ASCII. */
function ascii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function lower(sign: string): string {
  return sign.toLowerCase();
}
