import { isIP } from 'node:net';

/** What stands before an `@` that is no address: user and password of a URL, and git's `git@host:path`. */
const OTHER_LOCAL = /:\/\/[^\s/@]*$|(?<![\p{L}\p{N}._%+'-])git$/u;
/** What stands after one: `icon@2x.png`, `package@latest.tgz`. */
const OTHER_DOMAIN = /^\dx\.|\.(?:css|gif|ico|jpe?g|js|json|mjs|png|svg|tgz|ts|webp|zip)$/i;

/** Addresses around each `@`; the local part is looked at for 64 characters (RFC 5321). */
export function findEmails(text: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const before = text.slice(Math.max(0, at - 64), at);
    const local = /[\p{L}\p{N}._%+'-]+$/u.exec(before);
    if (!local || OTHER_LOCAL.test(before)) continue;
    const domain = /^(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/u.exec(text.slice(at + 1, at + 254));
    if (domain && !OTHER_DOMAIN.test(domain[0])) found.push(`${local[0]}@${domain[0]}`);
  }
  return found;
}

/**
 * Numbers of 8 to 15 digits (E.164) that are written as phone numbers: with a country code, with a trunk 0
 * and separators, or in the North American groups 3-3-4. Bare digits are left alone: most are other ids.
 */
export function findPhones(text: string): string[] {
  const candidates =
    text.match(/(?<![\p{L}\p{N}.+-])(?:\+|\()?\d[\d\s()./-]{6,22}\d(?![\p{L}\p{N}])/gu) ?? [];
  return candidates.map((candidate) => candidate.trim()).filter(isPhone);
}

/** Length of an account number by country, from the registry of ISO 13616. */
const IBAN_LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** International bank account numbers of their country's length with a right check sum (ISO 13616: mod 97 is 1). */
export function findIbans(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(/(?<![A-Za-z0-9])([A-Z]{2})\d{2}(?=[- \u00a0\u202fA-Z0-9])/g)) {
    const length = IBAN_LENGTHS.get(match[1] ?? '');
    if (length === undefined) continue;
    const run = /^[A-Z0-9 \u00a0\u202f-]*/.exec(text.slice(match.index, match.index + 44))?.[0] ?? '';
    const iban = run.replace(/[^A-Z0-9]/g, '').slice(0, length);
    if (iban.length === length && checksIban(iban)) found.push(iban);
  }
  return found;
}

/** Visa, Mastercard, American Express, Diners Club, JCB; Discover, UnionPay and Maestro with 16 digits or more. */
const ISSUERS =
  /^(?:4(?:\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[068]\d{12}|35\d{14}|6\d{15,18})$/;

/** Card numbers of a known issuer and its length with a right check digit (Luhn, ISO/IEC 7812-1). */
export function findCards(text: string): string[] {
  const candidates = text.match(/(?<![A-Za-z\d.+_-])\d(?:[ \u00a0-]?\d){12,18}(?![A-Za-z\d_-])/g) ?? [];
  return candidates.filter((candidate) => {
    const digits = candidate.replace(/\D/g, '');
    return ISSUERS.test(digits) && !/^(\d)\1+$/.test(digits) && luhn(digits);
  });
}

/** US social security numbers as they are written; areas 000, 666 and 9xx were never given out. */
export function findSsns(text: string): string[] {
  return text.match(/(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g) ?? [];
}

/** IPv4 and IPv6 addresses, except the unspecified and loopback ones. */
export function findIps(text: string): string[] {
  const candidates = text.match(/(?<![\w.:])[0-9a-fA-F.:]{3,45}(?![\w])/g) ?? [];
  return candidates
    .map((candidate) => candidate.replace(/[.:]+$/, ''))
    .filter((candidate) => isIP(candidate) > 0 && !/^(?:127\.|0\.0\.0\.0$|::1?$)/.test(candidate));
}

function isPhone(candidate: string): boolean {
  const digits = candidate.replace(/\D/g, '');
  // A date, maybe with a time after it.
  if (/^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d{2})(?!\d)/.test(candidate))
    return false;
  if (/^(?:\+|00[1-9])/.test(candidate)) return digits.length >= 8 && digits.length <= 15;
  if (/^\(?\d{3}\)?[ .-]\s?\d{3}[ .-]\d{4}$/.test(candidate)) return true;
  return (
    /^\(?0[1-9]\d{0,4}\)?[ /-]{1,3}\d[\d ()/-]+$/.test(candidate) && digits.length >= 9 && digits.length <= 12
  );
}

function checksIban(iban: string): boolean {
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
