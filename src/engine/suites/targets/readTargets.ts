import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { checkPool } from '../config/bulkheadConfig.ts';
import { type ConfigReader, placeOf, reportAt, reportKey } from '../config/configReader.ts';
import { resolveReference } from '../config/fileReference.ts';
import type { KnownNames } from '../config/knownNames.ts';
import { checkModelReference } from '../config/modelReference.ts';
import { alternatives, pointerText } from '../config/plainWords.ts';
import {
  httpAt,
  TARGET_KINDS,
  type TargetConfig,
  type TargetFile,
  targetFile,
  toHttp,
  toParameters,
  toResponse,
} from './targetConfig.ts';
import { nameTargets } from './targetNames.ts';

type Kind = (typeof TARGET_KINDS)[number];

/** Which keys only some kinds of target have. */
const ONLY_FOR: { readonly [key: string]: readonly Kind[] } = {
  model: ['prompt'],
  parameters: ['prompt'],
  cwd: ['command'],
  env: ['command'],
  reply: ['http', 'command'],
  response: ['command'],
  bulkhead: ['prompt', 'http', 'command'],
};

/**
 * Reads the targets of a suite; `at` is where the list stands. Reports everything wrong with references,
 * keys that do not go together, and names. Undefined when a target cannot be used.
 */
export function readTargets(
  reader: ConfigReader,
  value: JsonValue | undefined,
  at: Pointer,
  known: KnownNames,
): TargetConfig[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const files = value.map((item) => targetFile.safeParse(item));
  const targets = files.map((file, index) =>
    file.success
      ? readTarget(reader, file.data, [...at, index], known)
      : reportKinds(reader, value[index], [...at, index]),
  );
  const usable = targets.filter((target) => target !== undefined);
  const named = nameTargets(
    reader,
    usable,
    usable.map((target) => [...at, targets.indexOf(target)]),
  );
  return usable.length === value.length ? named : undefined;
}

/** A target that does not fit its form may also name two kinds. None may come from a misspelt key alone. */
function reportKinds(reader: ConfigReader, value: JsonValue | undefined, at: Pointer): undefined {
  if (isJsonObject(value) && TARGET_KINDS.some((kind) => Object.hasOwn(value, kind)))
    kindOf(reader, value, at);
  return undefined;
}

function readTarget(
  reader: ConfigReader,
  file: TargetFile,
  at: Pointer,
  { providers, pools }: KnownNames,
): TargetConfig | undefined {
  const kind = kindOf(reader, file, at);
  if (!kind) return undefined;
  for (const [key, kinds] of Object.entries(ONLY_FOR)) {
    if (Object.hasOwn(file, key) && !kinds.includes(kind)) reportOnlyFor(reader, [...at, key], kinds);
  }
  if (file.model !== undefined && kind === 'prompt') {
    checkModelReference(reader, file.model, [...at, 'model'], providers);
  }
  if (file.bulkhead !== undefined) checkPool(reader, file.bulkhead, [...at, 'bulkhead'], pools);

  const base = {
    name: file.name ?? '',
    location: placeOf(reader, at),
    ...defined({ timeoutMs: file.timeout_ms, maxConcurrency: file.max_concurrency, bulkhead: file.bulkhead }),
  };
  const own = readKind(reader, kind, file, at);
  return own && { ...base, ...own };
}

type WithoutBase<T> = T extends unknown
  ? Omit<T, 'name' | 'location' | 'timeoutMs' | 'maxConcurrency' | 'bulkhead'>
  : never;

function readKind(
  reader: ConfigReader,
  kind: Kind,
  file: TargetFile,
  at: Pointer,
): WithoutBase<TargetConfig> | undefined {
  switch (kind) {
    case 'prompt': {
      const prompt = resolveReference(reader, file.prompt ?? '', [...at, 'prompt']);
      if (!prompt) return undefined;
      const model = file.model === undefined ? {} : { model: file.model };
      return { kind, prompt, ...model, parameters: toParameters(file.parameters) };
    }
    case 'http': {
      const http = typeof file.http === 'string' ? httpAt(file.http) : file.http;
      return http && { kind, ...toHttp(http), reply: file.reply ?? 'json' };
    }
    case 'command': {
      const cwd = resolveReference(reader, file.cwd ?? '.', [...at, 'cwd'], 'folder');
      if (!cwd) return undefined;

      const response = file.response === undefined ? {} : { response: toResponse(file.response) };
      const { command = [], env = {}, reply = 'json' } = file;
      return { kind, command, cwd, env, ...response, reply };
    }
    case 'replay': {
      const replay = resolveReference(reader, file.replay ?? '', [...at, 'replay']);
      return replay && { kind, replay };
    }
    case 'echo': {
      if (typeof file.echo !== 'string') return { kind };
      const prompt = resolveReference(reader, file.echo, [...at, 'echo']);
      return prompt && { kind, prompt };
    }
  }
}

function kindOf(reader: ConfigReader, file: TargetFile | JsonObject, at: Pointer): Kind | undefined {
  const kinds = TARGET_KINDS.filter((kind) => Object.hasOwn(file, kind));
  const [kind, second] = kinds;
  if (!kind) {
    reportAt(reader, at, {
      code: 'target-kind',
      message: `${pointerText(at)} says nothing to test`,
      remedy: `Add one of ${alternatives(TARGET_KINDS)}.`,
    });

    return undefined;
  }

  if (!second) return kind;

  reportKey(reader, [...at, second], {
    code: 'target-kind',
    message: `${pointerText(at)} has both "${kind}" and "${second}"`,
    remedy: 'A target is one thing; make two targets of it.',
  });

  return undefined;
}

function reportOnlyFor(reader: ConfigReader, pointer: Pointer, kinds: readonly Kind[]): void {
  const key = String(pointer.at(-1));
  reportKey(reader, pointer, {
    code: 'unused-key',
    message: `"${key}" has no meaning here; it belongs to ${alternatives(kinds)} targets`,
    remedy: `Remove "${key}".`,
  });
}
