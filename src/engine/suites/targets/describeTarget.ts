import path from 'node:path';
import { nameFromPath } from '../../prompts/detectFormat.ts';
import { ASKS_NOBODY, PROGRAM, promptWith, SERVER } from '../../targets/capabilities.ts';
import { programPlace } from '../../targets/command/programPlace.ts';
import { secretsOf } from '../../targets/secrets/targetSecrets.ts';
import type { TargetDescription } from '../../targets/targetDescription.ts';
import type { TargetConfig } from './targetConfig.ts';

/** All that is decided by the kind of a target, beside its creation. */
export function describeTarget(target: TargetConfig): TargetDescription {
  const { kind } = target;
  switch (target.kind) {
    case 'prompt': {
      const { prompt, model } = target;
      const name = allowed(nameFromPath(prompt.path));
      return {
        kind,
        calls: model === undefined ? prompt.path : `${prompt.path} with ${model}`,
        names: model === undefined ? [name] : [name, `${name}-${allowed(model.replace(/^[^/]*\//, ''))}`],
        capabilities: { ...promptWith(model ?? null), promptFile: prompt.path },
      };
    }
    case 'http': {
      const { url, headers, body } = target;
      const { origin, hostname } = new URL(url);
      const sent = body === undefined ? {} : { sent: body };
      const secrets = secretsOf({
        refers: headers,
        named: headers,
        address: url,
        ...sent,
        destination: origin,
      });

      return { kind, calls: url, names: [hostname], capabilities: { ...SERVER, secrets } };
    }
    case 'command': {
      const { command, cwd, env } = target;
      const secrets = secretsOf({
        refers: env,
        named: env,
        destination: programPlace(cwd.absolute, command),
      });

      const file = command.find((word, at) => at > 0 && /[./]/.test(word)) ?? command[0] ?? '';
      return {
        kind,
        calls: command.join(' '),
        names: [stemOf(file)],
        capabilities: { ...PROGRAM, secrets },
      };
    }
    case 'replay': {
      const { replay } = target;
      return { kind, calls: replay.path, names: [stemOf(replay.path)], capabilities: ASKS_NOBODY };
    }
    case 'echo': {
      const { prompt } = target;
      return {
        kind,
        calls: prompt?.path ?? 'the input of the case',
        names: [prompt ? allowed(nameFromPath(prompt.path)) : 'echo'],
        capabilities: { ...ASKS_NOBODY, promptFile: prompt?.path ?? null },
      };
    }
    case 'foreign':
      return target.described;
  }
}

/** `main` for `agent/main.mjs`. */
function stemOf(file: string): string {
  return allowed(path.posix.basename(file.replaceAll('\\', '/')).replace(/(.)\..*$/, '$1'));
}

/** Only what names may hold (name.ts). */
function allowed(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'target';
}
