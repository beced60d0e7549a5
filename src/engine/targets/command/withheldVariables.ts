import type { Environment } from '../../ports.ts';

/** Variables that agents often need and do not get by themselves. */
const USUAL = [
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'ANTHROPIC_API_KEY',
  'GEMINI_API_KEY',
  'GOOGLE_API_KEY',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'AZURE_OPENAI_API_KEY',
  'MISTRAL_API_KEY',
  'GROQ_API_KEY',
  'OPENROUTER_API_KEY',
  'DEEPSEEK_API_KEY',
  'HF_TOKEN',
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'DATABASE_URL',
  'NODE_OPTIONS',
  'PYTHONPATH',
] as const;

/**
 * What to say of a failed program: which variables of the environment it did not get, those that it speaks of before
 * the usual ones. Empty where none is set that it lacks.
 */
export function withheldHint(
  environment: Environment,
  given: { [name: string]: string },
  said: string,
): string {
  const named = [...said.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name);
  const withheld = [...new Set([...named, ...USUAL])].filter(
    (name) => !Object.hasOwn(given, name) && environment.get(name) !== undefined,
  );
  const [first] = withheld;
  if (first === undefined) return '';
  return ` Set in your environment and not passed on: ${withheld.slice(0, 8).join(', ')}. If the agent needs one, add it to the target, e.g. env: { ${first}: "\${env:${first}}" }.`;
}
