import { nearest } from '../../evaluators/options/optionCheck.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { EDITOR_PROVIDER } from '../../models/editorClient.ts';
import { type ConfigReader, reportAt } from './configReader.ts';

/** Reports a `provider/model` reference that is malformed or names a provider that is not configured; `report` says where. */
export function checkModelReference(
  reader: ConfigReader,
  reference: string,
  pointer: Pointer,
  providers: readonly string[],
  report: typeof reportAt = reportAt,
): void {
  const slash = reference.indexOf('/');
  const provider = reference.slice(0, Math.max(0, slash));
  if (slash <= 0 || slash === reference.length - 1) {
    const name = reference.replaceAll('/', '') || 'gpt-5-mini';
    const example = slash > 0 ? `${reference}gpt-5-mini` : `${providers[0] ?? 'openai'}/${name}`;
    report(reader, pointer, {
      code: 'invalid-model',
      message: `the model "${reference}" is not of the form provider/model`,
      remedy: `For example: ${example}`,
    });

    return;
  }

  if (provider === EDITOR_PROVIDER || providers.includes(provider)) return;

  const guess = nearest(provider, providers)[0];
  report(reader, pointer, {
    code: 'unknown-provider',
    message: `there is no provider "${provider}"`,
    remedy: guess ? `Did you mean "${guess}"?` : `Configured providers: ${providers.join(', ')}.`,
    meant: guess && guess + reference.slice(slash),
  });
}
