import { UsageError } from '../../errors.ts';
import { autoevals } from './formats/autoevals.ts';
import { conversations } from './formats/conversations.ts';
import { deepeval } from './formats/deepeval.ts';
import { foundry } from './formats/foundry.ts';
import { inspect } from './formats/inspect.ts';
import { langfuse } from './formats/langfuse.ts';
import { langsmith } from './formats/langsmith.ts';
import { openaiEvals } from './formats/openaiEvals.ts';
import { promptfoo } from './formats/promptfoo.ts';
import { promptTestData } from './formats/promptTestData.ts';
import { ragas } from './formats/ragas.ts';
import { waza } from './formats/waza.ts';
import type { ImportFormat } from './importFormat.ts';

/** Every format that can be imported, in the order in which help and errors list them. */
export const IMPORT_FORMATS: readonly ImportFormat[] = [
  promptfoo,
  openaiEvals,
  inspect,
  autoevals,
  deepeval,
  langsmith,
  langfuse,
  ragas,
  foundry,
  conversations,
  promptTestData,
  waza,
];

/** The format that `--from` names. Throws UsageError for any other name. */
export function importFormat(name: string): ImportFormat {
  const format = IMPORT_FORMATS.find((one) => one.name === name || one.aliases?.includes(name));
  if (format) return format;
  const names = IMPORT_FORMATS.flatMap((one) => [one.name, ...(one.aliases ?? [])]);
  throw new UsageError(`unknown import format ${name}`, { remedy: `Use one of: ${names.join(', ')}` });
}
