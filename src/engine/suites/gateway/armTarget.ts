import { RELEASE_PREFIX, releaseIn } from '../../model/releaseFile.ts';
import type { ArmTarget } from './gatewayConfig.ts';

/** `release/warm`, `openai/gpt-5-mini` or `openai` as a target; of a model, all after the first slash is its name. */
export function readTarget(text: string): ArmTarget {
  const release = releaseIn(text);
  if (release !== undefined) return { kind: 'release', release };

  const slash = text.indexOf('/');
  if (slash < 0) return { kind: 'provider', provider: text };
  return { kind: 'provider', provider: text.slice(0, slash), model: text.slice(slash + 1) };
}

/** A target as it is written and shown: `openai/gpt-5-mini`, `openai`, `release/warm`, `http://127.0.0.1:9000`. */
export function targetText(target: ArmTarget): string {
  switch (target.kind) {
    case 'provider':
      return target.model === undefined ? target.provider : `${target.provider}/${target.model}`;
    case 'release':
      return `${RELEASE_PREFIX}${target.release}`;
    case 'agent':
      return target.url;
  }
}
