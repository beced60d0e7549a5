import { UserError } from '../../errors.ts';
import { dryCheck } from '../../evaluators/dryCheck.ts';
import { OptionError } from '../../evaluators/options/optionCheck.ts';
import { evaluatorDefinition, evaluatorTypes } from '../../evaluators/registry.ts';
import { namedPools } from '../../evaluators/specs/namedPools.ts';
import { uniqueNames } from '../../evaluators/specs/names.ts';
import { parseSuiteEvaluator } from '../../evaluators/specs/specs.ts';
import type { Pointer } from '../../files/formats/document.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { checkPool } from '../config/bulkheadConfig.ts';
import { type ConfigReader, placeOf, reportAt, reportKey } from '../config/configReader.ts';
import { resolveReference } from '../config/fileReference.ts';
import { checkModelReference } from '../config/modelReference.ts';
import { checkSchema } from '../config/schemaProblems.ts';
import { evaluatorFiles } from './evaluatorFiles.ts';

/** What evaluators may refer to beyond themselves. */
interface Surroundings {
  /** What they belong to. */
  owner: 'suite' | 'monitor';
  providers: readonly string[];
  pools: readonly string[];
  /** Whether the suite names a model for judges that name none. */
  hasJudgeModel: boolean;
  /** Whether it names one for evaluators that compare embeddings. */
  hasEmbeddingsModel: boolean;
}

/**
 * Reads the evaluators of a suite; `at` is where the list stands. Reports unknown types, wrong options at
 * their own keys, missing files and models. Undefined when one of them cannot be used.
 */
export function readEvaluators(
  reader: ConfigReader,
  value: JsonValue,
  at: Pointer,
  surroundings: Surroundings,
): EvaluatorSpec[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const specs = value.map((item, index) => readEvaluator(reader, item, [...at, index], surroundings));
  const usable = specs.filter((spec) => spec !== undefined);
  return usable.length === specs.length ? uniqueNames(usable) : undefined;
}

function readEvaluator(
  reader: ConfigReader,
  item: JsonValue,
  at: Pointer,
  surroundings: Surroundings,
): EvaluatorSpec | undefined {
  const spec = parse(reader, item, at);
  if (!spec) return undefined;
  checkModel(reader, spec, item, at, surroundings);
  checkBulkheads(reader, spec, item, at, surroundings);
  for (const { reference, key } of evaluatorFiles(spec)) {
    resolveReference(reader, reference, optionPointer(item, at, key));
  }
  return spec;
}

function parse(reader: ConfigReader, item: JsonValue, at: Pointer): EvaluatorSpec | undefined {
  try {
    const spec = parseSuiteEvaluator(item, placeOf(reader, at));
    dryCheck(spec);
    return spec;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!reportOptions(reader, item, at)) {
      const finding = { code: 'invalid-evaluator', message: error.message, remedy: error.remedy };
      if (error instanceof OptionError) reportKey(reader, keyPointer(item, at, error.at), finding);
      else reportAt(reader, at, finding);
    }
    return undefined;
  }
}

/** Says exactly which option is wrong; false when the options are not what is wrong. */
function reportOptions(reader: ConfigReader, item: JsonValue, at: Pointer): boolean {
  const written = typeof item === 'string' ? item : writtenType(item);
  const definition = written === undefined ? undefined : evaluatorTypes().get(written.replace(/^not-/, ''));
  if (!definition || written === undefined) return false;
  const options = isJsonObject(item) ? item[written] : {};
  if (!isJsonObject(options)) return false;
  const known = reader.problems.length;
  const own = Object.fromEntries(Object.entries(options).filter(([key]) => !COMMON.has(key)));
  checkSchema(reader, definition.options, own, isJsonObject(item) ? [...at, written] : at);
  return reader.problems.length > known;
}

/** Judges ask a model: their own, or the suite's; and it must be one of a configured provider. */
function checkModel(
  reader: ConfigReader,
  spec: EvaluatorSpec,
  item: JsonValue,
  at: Pointer,
  { owner, providers, hasJudgeModel, hasEmbeddingsModel }: Surroundings,
): void {
  const { stage, embeds } = evaluatorDefinition(spec.type, spec.location);
  if (stage !== 'judge') return;

  const { model, embeddings } = spec.options;
  if (embeds === 'also') {
    if (typeof embeddings === 'string') {
      checkModelReference(reader, embeddings, optionPointer(item, at, 'embeddings'), providers);
    } else if (!hasEmbeddingsModel)
      reportNoEmbeddings(reader, { name: spec.name, owner, key: 'embeddings' }, at);
  }

  if (typeof model === 'string') {
    checkModelReference(reader, model, optionPointer(item, at, 'model'), providers);
  } else if (model === undefined && embeds === 'only' && !hasEmbeddingsModel) {
    reportNoEmbeddings(reader, { name: spec.name, owner, key: 'model' }, at);
  } else if (model === undefined && embeds !== 'only' && !hasJudgeModel) {
    reportAt(reader, at, {
      code: 'missing-judge-model',
      message: `"${spec.name}" asks a model, and none is named`,
      remedy: `Add "model" to it, or "judge" to the ${owner}, e.g. judge: openai/gpt-5-mini.`,
    });
  }
}

/** Only judges make calls that a bulkhead can limit, also as members of a set. */
function checkBulkheads(
  reader: ConfigReader,
  spec: EvaluatorSpec,
  item: JsonValue,
  at: Pointer,
  { pools }: Surroundings,
): void {
  const beside = isJsonObject(item) && item['bulkhead'] !== undefined;
  const own = beside ? [...at, 'bulkhead'] : optionPointer(item, at, 'bulkhead');

  for (const { pool, member, asks } of namedPools(spec)) {
    const pointer = member === undefined ? own : [...optionPointer(item, at, 'assert'), member, 'bulkhead'];
    if (asks) checkPool(reader, pool, pointer, pools);
    else
      reportKey(reader, pointer, {
        code: 'unused-key',
        message: '"bulkhead" has no meaning here; it belongs to judges',
        remedy: 'Remove "bulkhead".',
      });
  }
}

function reportNoEmbeddings(
  reader: ConfigReader,
  { name, owner, key }: { name: string; owner: Surroundings['owner']; key: string },
  at: Pointer,
): void {
  reportAt(reader, at, {
    code: 'missing-embeddings-model',
    message: `"${name}" compares embeddings, and no model for them is named`,
    remedy: `Add "${key}" to it, or "embeddings" to the ${owner}, e.g. embeddings: openai/text-embedding-3-small.`,
  });
}

const COMMON: ReadonlySet<string> = new Set(['weight', 'metric', 'name', 'not', 'bulkhead']);

function writtenType(item: JsonValue): string | undefined {
  if (!isJsonObject(item) || typeof item['type'] === 'string') return undefined;
  return Object.keys(item).find((key) => !COMMON.has(key));
}

/** Where a key of an assertion stands, or of a member of a set in the short form. */
function keyPointer(item: JsonValue, at: Pointer, key: Pointer): Pointer {
  const written = writtenType(item);
  return [...at, ...(written === undefined ? [] : [written]), ...key];
}

/** Where an option stands; the nearest existing value is located where a short form was used. */
function optionPointer(item: JsonValue, at: Pointer, key: string): Pointer {
  const written = writtenType(item);
  return written === undefined ? [...at, key] : [...at, written, key];
}
