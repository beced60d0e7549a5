import type { JudgedOutput } from '../../../src/engine/statistics/predictionPowered.ts';
import type { Chance } from './chance.ts';

/** A judge of many outputs, of which people label a few. */
export interface JudgeWorld {
  labelled: number;
  unlabelled: number;
  /** True share of passes. */
  rate: number;
  /** Chance that the judge passes what should fail, and fails what should pass. */
  falsePass: number;
  falseFail: number;
  /** Outputs in each cluster; they are right or wrong, and judged rightly or wrongly, together. */
  perCluster: number;
}

export function nameOf({ labelled, unlabelled, rate, falsePass, falseFail, perCluster }: JudgeWorld): string {
  const clusters = perCluster === 1 ? '' : `, clusters of ${perCluster}`;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return `${labelled} labels of ${labelled + unlabelled}, rate ${percent(rate)}, false passes ${percent(falsePass)}, false fails ${percent(falseFail)}${clusters}`;
}

export function drawJudged(world: JudgeWorld, chance: Chance): JudgedOutput[] {
  const outputs: JudgedOutput[] = [];
  const total = world.labelled + world.unlabelled;
  for (let cluster = 0; outputs.length < total; cluster += 1) {
    const shared = [chance.happens(world.rate), chance.uniform()] as const;
    for (let at = 0; at < world.perCluster && outputs.length < total; at += 1) {
      // Three of four outputs go with their cluster.
      const [truth, luck] = chance.happens(0.75) ? shared : [chance.happens(world.rate), chance.uniform()];
      const judge = truth ? luck >= world.falseFail : luck < world.falsePass;
      const label = outputs.length < world.labelled ? truth : undefined;
      outputs.push({ cluster: `${cluster}`, weight: 1, judge, label });
    }
  }
  return outputs;
}

/** Cohen's kappa between such a judge and the truth. */
export function trueKappa({ rate, falsePass, falseFail }: JudgeWorld): number {
  const judged = rate * (1 - falseFail) + (1 - rate) * falsePass;
  const disagreement = rate * falseFail + (1 - rate) * falsePass;
  return 1 - disagreement / (rate * (1 - judged) + (1 - rate) * judged);
}
