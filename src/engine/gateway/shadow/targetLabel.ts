import type { ArmTarget } from '../../suites/gateway/gatewayConfig.ts';

/** e.g. `openai/gpt-5-mini`, `release/warm`, `http://127.0.0.1:9000`. */
export function targetLabel(target: ArmTarget): string {
  switch (target.kind) {
    case 'provider':
      return target.model === undefined ? target.provider : `${target.provider}/${target.model}`;
    case 'release':
      return `release/${target.release}`;
    case 'agent':
      return target.url;
  }
}
