import { isIP } from 'node:net';

/** Addresses around each `@`; the local part is looked at for 64 characters (RFC 5321). */
export function findEmails(text: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const local = /[\p{L}\p{N}._%+'-]+$/u.exec(text.slice(Math.max(0, at - 64), at));
    const domain = /^(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/u.exec(text.slice(at + 1, at + 254));
    if (local && domain) found.push(`${local[0]}@${domain[0]}`);
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

/** International bank account numbers with a right check sum (ISO 13616: the number mod 97 is 1). */
export function findIbans(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(/(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[ A-Z0-9])/g)) {
    const run = /^[A-Z0-9 ]*/.exec(text.slice(match.index, match.index + 44))?.[0] ?? '';
    const compact = run.replaceAll(' ', '').slice(0, 34);
    for (let length = compact.length; length >= 15; length--) {
      if (!checksIban(compact.slice(0, length))) continue;
      found.push(compact.slice(0, length));
      break;
    }
  }
  return found;
}

/** Card numbers of 13 to 19 digits of a known issuer with a right check digit (Luhn, ISO/IEC 7812-1). */
export function findCards(text: string): string[] {
  const candidates = text.match(/(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d-])/g) ?? [];
  return candidates.filter((candidate) => {
    const digits = candidate.replace(/\D/g, '');
    return /^(?:4|5[1-5]|2[2-7]|3[4-8]|6[0-9])/.test(digits) && !/^(\d)\1+$/.test(digits) && luhn(digits);
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
  if (/^\d{4}[-./]\d{1,2}[-./]\d{1,2}/.test(candidate)) return false;
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
