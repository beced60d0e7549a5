/** A reference to an environment variable: `${env:NAME}`, or `${env:NAME:default}`. */
export interface VariableReference {
  name: string;
  /** The value if the variable is not set; undefined without a default. */
  fallback: string | undefined;
}

const NAME = String.raw`\s*([A-Za-z_][A-Za-z0-9_]*)\s*`;
const REFERENCE = new RegExp(String.raw`\$\{env:${NAME}(?::([^}]*))?\}`, 'g');
/** A default may hold braces where the reference is all there is. */
const SOLE_REFERENCE = new RegExp(String.raw`^\s*\$\{env:${NAME}(?::([\s\S]*))?\}\s*$`);
const ATTEMPT = /\$\{env:[^}]*\}/g;

/** The references in a text, in order. */
export function variableReferences(text: string): VariableReference[] {
  return [...text.matchAll(REFERENCE)].map(([, name = '', fallback]) => ({ name, fallback }));
}

/** The text with each reference replaced, once; values are not searched for further references. */
export function replaceReferences(text: string, fill: (reference: VariableReference) => string): string {
  return text.replace(REFERENCE, (_, name: string, fallback: string | undefined) => fill({ name, fallback }));
}

/** The reference that makes up the whole text; undefined for any other text. */
export function soleReference(text: string): VariableReference | undefined {
  const [, name, fallback] = SOLE_REFERENCE.exec(text) ?? [];
  return name === undefined ? undefined : { name, fallback };
}

/** Everything in a text that starts like a reference, as written, and whether it is one. */
export function attemptedReferences(text: string): { written: string; valid: boolean }[] {
  return [...text.matchAll(ATTEMPT)].map(([written]) => ({
    written,
    valid: variableReferences(written).length > 0,
  }));
}
