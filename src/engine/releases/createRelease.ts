import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toYaml } from '../datasets/import/writeDataset.ts';
import { PromptError, ReleaseError } from '../errors.ts';
import { resolveInside } from '../files/confine.ts';
import { makeFolders } from '../files/makeFolders.ts';
import { releaseNames } from '../files/releaseNames.ts';
import { writeError } from '../files/writeAtomic.ts';
import { defined } from '../model/defined.ts';
import type { ModelParameters, ResponseFormat, ToolDefinition } from '../model/message.ts';
import type { Prompt } from '../model/prompt.ts';
import { releaseFile } from '../model/releaseFile.ts';
import { EDITOR_PROVIDER } from '../models/editorClient.ts';
import { checkedName, parseRelease } from './readRelease.ts';
import { digestsOf, type Release } from './release.ts';
import { toFile } from './releaseSchema.ts';

export interface ReleaseOptions {
  /** Absolute real path of the workspace. */
  root: string;
  name: string;
  description?: string | undefined;
  prompt: Prompt;
  /** `provider/model`. */
  model: string;
  /** In place of those of the prompt, each by itself. */
  parameters?: ModelParameters | undefined;
  tools?: ToolDefinition[] | undefined;
  responseFormat?: ResponseFormat | undefined;
  dataset?: Release['dataset'];
  approvedBy?: Release['approvedBy'];
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * Writes a release to `releases/NAME.yaml`, which must not exist: releases do not change. Throws ReleaseError where it does,
 * PromptError for a prompt that needs more than its file, FileError where nothing can be written.
 */
export function createRelease(options: ReleaseOptions): Release {
  const release = releaseOf(options);
  refuseSameLetters(options.root, release.name);
  const file = releaseFile(release.name);
  const text = toYaml(toFile(release));
  // What would be read is what is meant, byte by byte, before anything is written.
  const read = parseRelease(text, release.name);
  writeNew(resolveInside(options.root, file, { path: file }), file, text);
  return read;
}

/** On Windows and macOS, `Warm` and `warm` are one file, and a checkout would lose one of them. */
function refuseSameLetters(root: string, name: string): void {
  const taken = releaseNames(root).find(
    (other) => other !== name && other.toLowerCase() === name.toLowerCase(),
  );
  if (taken === undefined) return;
  throw new ReleaseError(`the release "${taken}" exists, whose name differs only in upper and lower case`, {
    where: { path: releaseFile(taken) },
    remedy: 'Choose another name.',
  });
}

function releaseOf(options: ReleaseOptions): Release {
  const { prompt, model, now } = options;
  const name = checkedName(options.name);
  const [missing] = prompt.unresolved ?? [];
  if (missing)
    throw new PromptError(`the prompt is not complete: ${missing.message}`, {
      where: missing.location,
      remedy: missing.remedy,
    });
  if (model.startsWith(`${EDITOR_PROVIDER}/`))
    throw new ReleaseError(`a release cannot use a model of the editor (${model})`, {
      remedy: 'Name a model of a configured provider with --model, e.g. openai/gpt-5-mini.',
    });

  const { path: from, hash, format, syntax, inputs, includes } = prompt;
  const release: Omit<Release, 'digest'> = {
    name,
    created: new Date(now).toISOString(),
    ...defined({ description: options.description }),
    prompt: {
      ...{ path: from, hash, format, syntax },
      messages: prompt.messages.map(({ role, template, beside }) => ({
        role,
        // As it is rendered and hashed: git may write other line breaks.
        template: template.replaceAll('\r\n', '\n'),
        ...defined({ beside }),
      })),
      inputs: inputs.map(({ location: _location, ...input }) => input),
      ...defined({ includes }),
    },
    model,
    parameters: { ...prompt.model.parameters, ...options.parameters },
    tools: options.tools ?? prompt.tools,
    ...defined({
      responseFormat: options.responseFormat ?? prompt.responseFormat,
      dataset: options.dataset,
      approvedBy: options.approvedBy,
    }),
  };
  return { ...release, digest: digestsOf(release).content };
}

function writeNew(absolute: string, shown: string, text: string): void {
  try {
    makeFolders(path.dirname(absolute));
    const file = openSync(absolute, 'wx');
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } catch (error) {
      rmSync(absolute, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new ReleaseError('this release exists, and releases do not change', {
        where: { path: shown },
        remedy: 'Choose another name.',
      });
    throw writeError(error, shown);
  }
}
