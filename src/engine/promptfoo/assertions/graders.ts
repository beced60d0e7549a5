import { ConfigError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { type PromptfooReader, readReference } from '../config/promptfooReader.ts';
import type { ModelProviders } from '../providers/modelProviders.ts';
import { entriesOf, readProvider } from '../providers/readProviders.ts';

const DEFAULT_EMBEDDINGS = 'openai:embedding:text-embedding-3-large';

export interface GraderScope {
  reader: PromptfooReader;
  models: ModelProviders;
  /** `options` of the test: grader and its prompt for assertions that name none. */
  options: JsonObject;
  location: SourceLocation;
}

/** `provider` as a model of this workspace, and the test's own grader where the assertion names none. */
export function withGrader(assertion: JsonObject, scope: GraderScope): JsonObject {
  const type = String(assertion['type'] ?? '').replace(/^not-/, '');
  const own = assertion['provider'];
  const { provider: _own, ...rest } = assertion;
  if (type.startsWith('similar')) return { ...rest, provider: embeddingsOf(own, scope) };

  const given = own ?? scope.options['provider'];
  const rubricPrompt = assertion['rubricPrompt'] ?? scope.options['rubricPrompt'];
  const embeds = type === 'answer-relevance';
  if (!embeds && given === undefined && rubricPrompt === undefined) return assertion;

  const { location, reader } = scope;
  const provider = embeds ? textGrader(given) : given;
  const reference = provider === undefined ? undefined : graderOf(provider, scope);
  return {
    ...rest,
    ...defined({
      provider: reference,
      embeddings: embeds ? embeddingsOf(embeddingGrader(given), scope) : undefined,
      rubricPrompt: rubricPrompt === undefined ? undefined : promptOf(rubricPrompt, reader, location),
    }),
  };
}

/** The embedding model of an assertion: its own, that of the test's options, or promptfoo's default. */
function embeddingsOf(
  own: JsonValue | undefined,
  { options: { provider: common }, models, location }: GraderScope,
): string {
  const given = own ?? (isJsonObject(common) ? common['embedding'] : undefined) ?? DEFAULT_EMBEDDINGS;
  const inner = isJsonObject(given) ? (given['embedding'] ?? given) : given;
  const id = isJsonObject(inner) ? String(inner['id'] ?? '') : String(inner);
  const config = isJsonObject(inner) && isJsonObject(inner['config']) ? inner['config'] : {};
  const reference = models.reference(id, config, location, 'embedding');
  if (reference !== undefined) return reference;
  throw new ConfigError(`the embedding provider "${id}" is not supported`, {
    where: location,
    remedy: 'Name an OpenAI-compatible one, e.g. openai:embedding:text-embedding-3-small.',
  });
}

/** Of an assertion that asks both kinds of models: what is no embedding model. */
function textGrader(given: JsonValue | undefined): JsonValue | undefined {
  if (isJsonObject(given) && (given['text'] !== undefined || given['embedding'] !== undefined)) {
    return given['text'];
  }
  return given === undefined || isEmbedding(given) ? undefined : given;
}

/** promptfoo, too, takes its default where the given model is one for texts. */
function embeddingGrader(given: JsonValue | undefined): JsonValue | undefined {
  const own = isJsonObject(given) ? (given['embedding'] ?? given) : given;
  return own !== undefined && isEmbedding(own) ? own : undefined;
}

function isEmbedding(provider: JsonValue): boolean {
  const id = isJsonObject(provider) ? provider['id'] : provider;
  return typeof id === 'string' && /^[^:]+:embeddings?:/.test(id);
}

/**
 * The grader as `provider/model`. What is no model is a program or an HTTP provider, which is asked under a reference of its
 * own, or not supported, which is said here and by every case that asks it.
 */
export function graderOf(
  provider: JsonValue,
  { reader, models, location }: Pick<GraderScope, 'reader' | 'models' | 'location'>,
): string {
  const given = isJsonObject(provider) ? (provider['text'] ?? provider) : provider;
  const [entry = { id: '' }] = entriesOf(reader, given, location);
  const config = isJsonObject(entry['config']) ? entry['config'] : {};
  return (
    models.reference(String(entry['id'] ?? ''), config, location) ??
    models.judge(readProvider(reader, entry, location, models))
  );
}

/** A text, or the JSON of a list, with files read. */
function promptOf(prompt: JsonValue, reader: PromptfooReader, location: SourceLocation): JsonValue {
  const read = (item: JsonValue): JsonValue =>
    typeof item === 'string' && item.startsWith('file://')
      ? readReference(reader, item, location).text
      : item;
  const found = Array.isArray(prompt) ? prompt.map(read) : read(prompt);
  return typeof found === 'string' ? found : JSON.stringify(found);
}
