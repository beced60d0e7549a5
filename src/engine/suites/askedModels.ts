import { UserError } from '../errors.ts';
import { evaluatorTypes } from '../evaluators/registry.ts';
import { readText } from '../files/readText.ts';
import type { Environment } from '../ports.ts';
import { parsePrompt } from '../prompts/parsePrompt.ts';
import type { FileReference } from './config/fileReference.ts';
import type { SuiteConfig } from './config/suiteConfig.ts';
import type { Workspace } from './loadWorkspace.ts';
import { describeTarget } from './targets/describeTarget.ts';
import { promptModel } from './targets/promptModel.ts';

export interface AskedModel {
  /** As `provider/model`. */
  reference: string;
  kind: 'chat' | 'embedding';
}

/** The models that the suites and fallbacks of a workspace may ask, each once, sorted. */
export function askedModels(workspace: Workspace, environment: Environment): AskedModel[] {
  const { suites, monitors = [], fallbacks = {}, caches = {} } = workspace.config;
  const chats = [
    ...suites.flatMap((suite) => [...targetModels(suite, workspace, environment), ...judgeModels(suite)]),
    ...monitors.flatMap(judgeModels),
    ...Object.values(fallbacks).flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'model' ? [step.reference] : [])),
    ),
  ];
  const embeddings = [
    ...[...suites, ...monitors].flatMap(embeddingModels),
    ...(caches.similar?.embeddings === undefined ? [] : [caches.similar.embeddings]),
  ];

  return [
    ...unique(chats).map((reference): AskedModel => ({ reference, kind: 'chat' })),
    ...unique(embeddings).map((reference): AskedModel => ({ reference, kind: 'embedding' })),
  ];
}

function targetModels({ targets }: SuiteConfig, workspace: Workspace, environment: Environment): string[] {
  return targets.flatMap((target) => {
    const { model } = describeTarget(target).capabilities;
    if (model === null) return [];
    if (model.reference !== null) return [model.reference];
    return target.kind === 'prompt' ? promptsOwn(target.prompt, workspace, environment) : [];
  });
}

/** A prompt that cannot be read, or names no model, is reported by `validate`. */
function promptsOwn(
  { path, absolute }: FileReference,
  { root, config }: Workspace,
  environment: Environment,
): string[] {
  try {
    const text = readText(absolute, path);
    return [promptModel(parsePrompt({ path, text }, { root, environment }), config.providers)];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

type Judged = Pick<SuiteConfig, 'evaluators' | 'judgeModel' | 'embeddingsModel' | 'judges'>;

function judgeModels({ evaluators, judgeModel, judges = {} }: Judged): string[] {
  const own = evaluators.flatMap(({ type, options }) =>
    !isEmbedder(type) && typeof options['model'] === 'string' ? [options['model']] : [],
  );
  const ofSuite = judgeModel === undefined || Object.hasOwn(judges, judgeModel) ? [] : [judgeModel];
  return [...own, ...ofSuite];
}

function embeddingModels({ evaluators, embeddingsModel }: Judged): string[] {
  const own = evaluators.flatMap(({ type, options }) =>
    [options['embeddings'], isEmbedder(type) ? options['model'] : undefined].filter(
      (model) => typeof model === 'string',
    ),
  );
  return embeddingsModel === undefined ? own : [...own, embeddingsModel];
}

/** Its `model` is one for embeddings. */
function isEmbedder(type: string): boolean {
  return evaluatorTypes().get(type)?.embeds === 'only';
}

function unique(references: readonly string[]): string[] {
  return [...new Set(references)].sort();
}
