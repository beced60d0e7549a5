/** Shorter ones would be found in innocent words. */
const LEAST = 4;
/** An encoded form of something shorter would be found in innocent texts as well. */
const LEAST_ENCODED = 6;

/** How a secret is looked for, see redactor.ts. */
export interface SecretForms {
  /** In the text, as it is and with escapes undone. */
  texts: Set<string>;
  /** In its hexadecimal digits. */
  hex: Set<string>;
}

/**
 * The ways in which a secret comes back in a text: as it is; in the `+` for spaces of a query; as hexadecimal; and in
 * base64 (also twice), wherever it stands in what was encoded (`user:password` of basic authentication). A secret that
 * is itself the base64 of `user:password`, or has a scheme before it (`Bearer …`), counts with what is inside. Empty
 * for less than 4 characters.
 */
export function secretForms(secret: string): SecretForms {
  const forms: SecretForms = { texts: new Set(), hex: new Set() };
  for (const text of [secret, secret.trim(), ...within(secret.trim())])
    if (text.length >= LEAST) addForms(text, forms);
  return forms;
}

function addForms(text: string, { texts, hex }: SecretForms): void {
  // Line breaks and NUL bytes are skipped where escapes are undone.
  const whole = text.replace(/[\0\r\n]+/g, '');
  for (const each of [text, whole]) texts.add(each).add(each.replaceAll(' ', '+'));
  if (text.length < LEAST_ENCODED) return;

  const bytes = Buffer.from(text);
  hex.add(bytes.toString('hex'));
  for (const core of base64Cores(bytes)) {
    texts.add(core).add(core.replaceAll('+', '-').replaceAll('/', '_'));
    for (const twice of base64Cores(Buffer.from(core))) texts.add(twice);
  }
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
