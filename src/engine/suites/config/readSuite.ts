import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { defaultEvaluators } from '../evaluators/defaultEvaluators.ts';
import { readEvaluators } from '../evaluators/readEvaluators.ts';
import { readTargets } from '../targets/readTargets.ts';
import { toBudget } from './budgetConfig.ts';
import { type ConfigReader, reportAt, startOf } from './configReader.ts';
import { type FileReference, resolveReference } from './fileReference.ts';
import { toGate } from './gateConfig.ts';
import type { KnownNames } from './knownNames.ts';
import { checkModelReference } from './modelReference.ts';
import { type SuiteConfig, suiteFile, toFilter } from './suiteConfig.ts';

/**
 * One suite of the file, whose form has been reported on already. Reports what only the surroundings show:
 * missing files, unknown providers, evaluators that cannot be used. Undefined when the suite cannot be used.
 */
export function readSuite(
  reader: ConfigReader,
  name: string,
  value: JsonValue,
  { providers, pools }: KnownNames,
): SuiteConfig | undefined {
  if (!isJsonObject(value)) return undefined;

  const at: Pointer = ['suites', name];
  const { judge, embeddings } = value;
  if (typeof judge === 'string' && judge !== '')
    checkModelReference(reader, judge, [...at, 'judge'], providers);
  if (typeof embeddings === 'string' && embeddings !== '')
    checkModelReference(reader, embeddings, [...at, 'embeddings'], providers);
  const datasets = readDatasets(reader, value['dataset'], [...at, 'dataset']);
  const targets = readTargets(reader, value['targets'], [...at, 'targets'], { providers, pools });
  const surroundings = {
    owner: 'suite' as const,
    providers,
    pools,
    hasJudgeModel: judge !== undefined,
    hasEmbeddingsModel: embeddings !== undefined,
  };
  const evaluators =
    value['evaluators'] === undefined
      ? defaultEvaluators()
      : readEvaluators(reader, value['evaluators'], [...at, 'evaluators'], surroundings);

  const parsed = suiteFile.safeParse(value);
  if (!parsed.success || !datasets || !targets || !evaluators) return undefined;

  const file = parsed.data;
  return {
    name,
    ...defined({ description: file.description }),
    location: startOf(reader.document.locateKey(at)),
    datasets,
    targets,
    evaluators,
    defaultEvaluators: file.evaluators === undefined,
    ...defined({ judgeModel: file.judge, embeddingsModel: file.embeddings }),
    cascade: file.cascade,
    ...defined({ threshold: file.threshold, scoreFallbacks: file.score_fallbacks || undefined }),
    repeat: file.repeat,
    maxConcurrency: file.max_concurrency,
    timeoutMs: file.timeout_ms,
    seed: file.seed,
    filter: toFilter(file.filter),
    ...defined({
      gate: file.gate === undefined ? undefined : toGate(file.gate),
      budget: file.budget === undefined ? undefined : toBudget(file.budget),
    }),
    ...(file.token_budgets === 'off' ? {} : { tokenBudgets: file.token_budgets }),
  };
}

function readDatasets(
  reader: ConfigReader,
  value: JsonValue | undefined,
  at: Pointer,
): FileReference[] | undefined {
  const items = Array.isArray(value) ? value : [value];
  const found = items.map((item, index) => {
    const pointer = Array.isArray(value) ? [...at, index] : at;
    return typeof item === 'string' && item !== '' ? resolveReference(reader, item, pointer) : undefined;
  });
  reportTwice(reader, found, at);
  const usable = found.filter((reference) => reference !== undefined);
  return usable.length === items.length ? usable : undefined;
}

function reportTwice(reader: ConfigReader, found: readonly (FileReference | undefined)[], at: Pointer): void {
  for (const [index, reference] of found.entries()) {
    const first = found.findIndex((other) => reference && other?.absolute === reference.absolute);
    if (!reference || first === index) continue;
    reportAt(reader, [...at, index], {
      code: 'duplicate-dataset',
      message: `the dataset "${reference.path}" is listed twice`,
      remedy: 'Remove one of them; use "repeat" to run the cases several times.',
      related: [{ message: 'first listed here', pointer: [...at, first] }],
    });
  }
}
